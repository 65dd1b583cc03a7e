// SPDX-License-Identifier: Apache-2.0
// A vocabulary as `GET /v1/policies/{id}/{version}` gives it, for the tests of the page.
import type { PolicyVocabulary } from '../page/policy-vocabulary.ts';

const GROUPS = {
  basic: ['基本情報', 'Basic'],
  customer: ['お客様情報', 'Customer'],
  supply_point: ['供給地点情報', 'Supply point'],
  negawatt: ['ネガワット取引情報', 'Negawatt'],
};

const FIELDS: Record<keyof typeof GROUPS, string> = {
  basic:
    'name 氏名 Name|address 住所 Address|phone 電話番号 Phone|email メールアドレス E-mail|contract_number 契約番号 Contract number|fit_start_ym FIT開始年月 FIT start|fit_end_ym FIT終了年月 FIT end',
  customer:
    'age 年齢 Age|birth_date 生年月日 Date of birth|contract_details 契約内容 Contract details|power_usage 電力使用量 Power usage',
  supply_point:
    'service_area 供給エリア Service area|island_tariff 離島供給約款 Island tariff|supply_point_id 供給地点特定番号 Supply point id|wheeling_capacity 託送契約電力 Wheeling capacity|current_limit 電流制限器容量 Current limit|connection_menu 接続送電メニュー Connection menu|power_factor 力率 Power factor|supply_method 供給方式 Supply method|capacity_method 契約電力決定方法 Capacity method|meter_info 計器情報 Meter|service_pole_no 引込柱番号 Service pole|grid_equipment 系統連系設備 Grid equipment|contract_change_date 契約変更日 Contract change|meter_reading_date 検針日 Meter reading date|contract_status 契約状態 Contract status|termination_measure 廃止措置方法 Termination measure',
  negawatt:
    'gen_sales_volume 発電販売量 Generation sales|demand_procured 需要調達量 Demand procured|demand_reduced 需要抑制量 Demand reduced|baseline ベースライン Baseline',
};

const PURPOSES =
  'contract_conclusion C2-P01 契約の締結 Concluding contracts|service_provision C2-P02 サービスの提供・契約の履行 Providing the service|billing C2-P03 料金の収受 Billing|debt_recovery C2-P04 債権回収・債務の履行 Debt recovery|equipment_management C2-P05 設備の設置・保全・管理 Equipment management|rights_acquisition C2-P06 権利の取得 Acquiring rights|product_development C2-P07 商品・サービスの開発と改善 Product development|direct_marketing C2-P08 商品・サービスのご案内 Direct marketing|customer_contact C2-P09 ご連絡・お問い合わせ対応 Customer contact|market_research C2-P10 マーケティング調査・分析 Market research|outage_investigation C2-P11 停電・災害時の設備調査 Outage investigation|incidental C2-P12 付随する業務 Incidental work|wheeling_contract C3-J1 託送供給等契約の手続き Wheeling contracts|switching_termination C3-J2 小売契約の廃止取次 Switching|supply_point_confirmation C3-J3 供給地点情報の確認 Supply point check|network_operations C3-J4 検針・保守等の業務 Network operations|negawatt_trading C3-J5 ネガワット取引 Negawatt trading|generation_side_charge C3-J6 発電側課金 Generation-side charge|registration_update C5 登録内容の変更 Registration update|complaint_handling C6 苦情・相談への対応 Complaint handling|audit_review X-AUDIT 監査・点検 Audit review';

function entries(list: string): string[][] {
  return list.split('|').map(entry => {
    const [id = '', ja = '', ...en] = entry.split(' ');
    return [id, ja, en.join(' ')];
  });
}

export const samplePolicy: PolicyVocabulary = {
  id: 'astmax-energy',
  version: '2024-04-01',
  groups: Object.entries(GROUPS).map(([id, [ja = '', en = '']]) => ({ id, ja, en })),
  fields: Object.entries(FIELDS).flatMap(([group, list]) =>
    entries(list).map(([name, ja, en]) => ({ id: `${group}.${name}`, group, ja: ja!, en: en! })),
  ),
  purposes: PURPOSES.split('|').map(entry => {
    const [id = '', clause = '', ja = '', ...en] = entry.split(' ');
    return { id, clause, ja, en: en.join(' ') };
  }),
  businesses: [{ id: 'electricity', ja: '電気事業', en: 'Electricity' }],
  recipients: [
    { id: 'affiliate', ja: '関連会社', en: 'Affiliate' },
    { id: 'transmission_distribution_operator', ja: '一般送配電事業者', en: 'Network operator' },
  ],
  clauses: [
    { id: 'C2-P03', ja: '料金の収受のための利用', en: 'Use for collecting charges', lines: [14, 14] },
    { id: 'C2-P08', ja: '商品・サービスのご案内のための利用', en: 'Use for marketing', lines: [19, 20] },
    { id: 'C2-B01', ja: '電気事業', en: 'The electricity business', lines: [26, 26] },
    { id: 'C3-G1', ja: '共同利用する基本情報', en: 'Basic items of the joint use', lines: [52, 53] },
  ],
};
