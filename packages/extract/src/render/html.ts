// SPDX-License-Identifier: Apache-2.0
// The page that a summary is printed on: A4, with page numbers, one face for text and one for hashes.

/** HTML that needs no further escaping. */
export interface Html {
  readonly html: string;
}

export const text = (plain: string): string =>
  plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** What stands between the parts is HTML of ours; strings put in are escaped, `Html` is not. */
export function html(parts: TemplateStringsArray, ...values: (string | number | Html | Html[])[]): Html {
  const put = (value: string | number | Html | Html[]): string =>
    Array.isArray(value)
      ? value.map(one => one.html).join('')
      : typeof value === 'object'
        ? value.html
        : text(String(value));
  return { html: parts.map((part, i) => part + (i < values.length ? put(values[i]!) : '')).join('') };
}

/** `1234567` as `1,234,567`. */
export const digits = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** Numbers stand to the right. An empty head is left out. */
export function tableOf(head: readonly string[], rows: readonly (readonly (string | number)[])[]): Html {
  const cellOf = (value: string | number) =>
    typeof value === 'number' ? html`<td class="n">${digits(value)}</td>` : html`<td>${value}</td>`;
  const top =
    head.length === 0 ? [] : [html`<thead><tr>${head.map(cell => html`<th>${cell}</th>`)}</tr></thead>`];
  return html`<table>${top}<tbody>
${rows.map(cells => html`<tr>${cells.map(cellOf)}</tr>\n`)}</tbody></table>
`;
}

const STYLE = `
@page { size: A4; margin: 18mm 16mm 20mm; @bottom-center { content: counter(page) " / " counter(pages); font-size: 9pt; } }
* { box-sizing: border-box; }
body { font: 10pt/1.6 "Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", Meiryo, sans-serif; color: #111; max-width: 178mm; margin: 8mm auto; padding: 0 4mm; }
h1 { font-size: 16pt; margin: 0 0 2mm; } h2 { font-size: 12pt; margin: 7mm 0 2mm; break-after: avoid; border-bottom: 1px solid #999; }
table { border-collapse: collapse; width: 100%; margin: 2mm 0; } thead { display: table-header-group; } tr { break-inside: avoid; }
th, td { border: 1px solid #999; padding: 1mm 2mm; text-align: left; vertical-align: top; overflow-wrap: anywhere; } th { background: #eee; font-weight: 600; }
td.n { text-align: right; font-variant-numeric: tabular-nums; } code { font-size: 8.5pt; overflow-wrap: anywhere; }
.note { border: 1.5px solid #111; padding: 2mm 3mm; margin: 3mm 0; }
@media print { body { margin: 0; padding: 0; max-width: none; } }
`;

export const pageOf = (language: string, title: string, body: Html): string =>
  `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>${text(title)}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>${STYLE}</style></head><body>
${body.html}</body></html>
`;
