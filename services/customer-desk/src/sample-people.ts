// SPDX-License-Identifier: Apache-2.0
// Made-up customers. Their names say so, their telephone numbers and addresses cannot exist.

export interface SamplePerson {
  number: string;
  name: string;
  address: string;
  phone: string;
  email: string;
  contract: {
    id: string;
    menu: string;
    area: string;
    supply_point_id: string;
    wheeling_capacity: string;
    current_limit: string;
    meter: string;
    changed_on: string;
    usages: { month: string; kwh: number }[];
  };
}

const FAMILIES = ['見本', '例示', '架空', '試験', '仮名', '模擬'];
const GIVEN = ['一郎', '花子', '二郎', '桜子', '三郎', '菊子', '四郎', '梅子', '五郎', '百合子'];
const MENUS = ['従量電灯B', '従量電灯C', '夜間お得プラン', '低圧電力', 'グリーンプラン'];
/** Areas of the network operators in the sample register. */
export const AREAS = ['tokyo', 'kansai'] as const;
const COUNT = 180;
const MONTHS = 13;

/** The same people each time; usage for the 13 months up to `now`. */
export function samplePeople(now: Date): SamplePerson[] {
  return Array.from({ length: COUNT }, (_, i) => {
    const number = String(1001 + i);
    const area = AREAS[i % AREAS.length]!;
    const ampere = [30, 40, 50, 60][i % 4]!;
    return {
      number,
      name: `${FAMILIES[i % FAMILIES.length]} ${GIVEN[Math.floor(i / FAMILIES.length) % GIVEN.length]}`,
      address: `見本県例示市架空町${1 + (i % 9)}-${1 + (i % 20)}-${1 + (i % 30)}`,
      phone: `000-0000-${number}`,
      email: `k${number}@example.jp`,
      contract: {
        id: `C-${number}`,
        menu: MENUS[i % MENUS.length]!,
        area,
        supply_point_id: `00-0000-0000-0000-${String(i).padStart(4, '0')}-0000`,
        wheeling_capacity: `${ampere / 10} kVA`,
        current_limit: `${ampere} A`,
        meter: `SM-${String(70_000 + i * 7)}`,
        changed_on: `20${20 + (i % 6)}-0${1 + (i % 9)}-01`,
        usages: monthsUpTo(now).map(month => ({ month, kwh: usageOf(month, i, ampere) })),
      },
    };
  });
}

function monthsUpTo(now: Date): string[] {
  return Array.from({ length: MONTHS }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - MONTHS + back, 1)).toISOString().slice(0, 7),
  );
}

/** More in winter and in summer, and a little of one's own. */
function usageOf(month: string, i: number, ampere: number): number {
  const season = 1 + 0.45 * Math.cos(((Number(month.slice(5)) - 1) / 6) * 2 * Math.PI);
  return Math.round(ampere * 4.5 * season + ((i * 37 + Number(month.slice(5)) * 11) % 60));
}
