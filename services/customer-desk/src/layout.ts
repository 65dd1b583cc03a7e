// SPDX-License-Identifier: Apache-2.0
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Html, html } from './html.ts';
import type { Visit } from './visit.ts';

/** Answers with a whole page. */
export function sendPage(reply: FastifyReply, title: string, body: Html, status = 200): FastifyReply {
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .send(page(reply.request, title, body).text);
}

function page({ visit, url }: FastifyRequest, title: string, body: Html): Html {
  const { texts, staff } = visit;
  const here = new URL(url, 'http://desk');
  here.searchParams.set('lang', texts.other.code);
  return html`<!doctype html>
<html lang="${texts.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${texts.title}</title>
<link rel="stylesheet" href="/desk.css">
</head>
<body>
<aside class="sample" aria-label="SAMPLE 見本"><strong>SAMPLE 見本</strong> ${texts.sample}</aside>
<header>
<a class="home" href="/">${texts.title}</a>
<nav>
${staff?.role === 'supply_clerk' && html`<a href="/export">${texts.export}</a>`}
<a href="${here.pathname}${here.search}" lang="${texts.other.code}" hreflang="${texts.other.code}">${texts.other.name}</a>
${staff && html`<span class="who">${staff.id} · ${texts.roles[staff.role]}</span>${form(visit, '/logout', html`<button class="quiet">${texts.signOut}</button>`)}`}
</nav>
</header>
<main>
${caseLine(visit)}
${body}
</main>
<footer>${texts.recorded}</footer>
</body>
</html>
`;
}

/** A form that only a page of ours can have made; it keeps the case. */
export function form({ csrf, deskCase }: Visit, action: string, content: Html): Html {
  return html`<form method="post" action="${action}"><input type="hidden" name="_csrf" value="${csrf}">${
    deskCase && html`<input type="hidden" name="case" value="${deskCase.id}">`
  }${content}</form>`;
}

/** An address that keeps the case. */
export const link = ({ deskCase }: Visit, path: string) =>
  deskCase === undefined ? path : `${path}?case=${encodeURIComponent(deskCase.id)}`;

function caseLine(visit: Visit): Html | undefined {
  const { staff, deskCase, texts } = visit;
  if (staff === undefined) return undefined;
  if (deskCase === undefined)
    return html`<p class="case none"><strong>${texts.noCase}</strong> ${texts.noCaseHint}</p>`;
  const close = html`<button class="quiet">${texts.closeCase}</button>`;
  return html`<div class="case"><strong>${texts.forCase(texts.kinds[deskCase.kind], deskCase.id)}</strong>
${form(visit, `/cases/${encodeURIComponent(deskCase.id)}/close`, close)}</div>`;
}

export type Facts = readonly (readonly [name: string, value: unknown])[];

/** Names and values, one below the other. */
export const facts = (rows: Facts): Html =>
  html`<dl>${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${String(value)}</dd></div>`)}</dl>`;
