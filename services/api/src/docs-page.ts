// SPDX-License-Identifier: Apache-2.0
// A plain page over the OpenAPI document: no script, no asset from elsewhere.

export const DOCS_STYLE = `:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { font-size: 1.1rem; margin-top: 2.5rem; border-top: 1px solid #8886; padding-top: 1rem; }
code, pre { font: 0.9em ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top; padding: 0.2rem 0.8rem 0.2rem 0; }
pre { overflow: auto; max-height: 24rem; padding: 0.8rem; background: #8881; }
`;

interface Operation {
  summary?: string;
  description?: string;
  parameters?: { name: string; in: string; description?: string }[];
  responses: Record<string, { description: string; content?: Record<string, { schema?: unknown }> }>;
}

/** `document` as served at /openapi.json. */
export function docsPage(document: { info: { title: string; description: string }; paths: object }): string {
  const operations = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => operationHtml(path, method, operation)),
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(document.info.title)}: the HTTP interface</title><link rel="stylesheet" href="/docs/style.css"></head>
<body><h1>${escapeHtml(document.info.title)}</h1><p>${escapeHtml(document.info.description)}</p>
<p>The same as <a href="/openapi.json">OpenAPI 3.1</a>. Requests carry <code>Authorization: Bearer &lt;token&gt;</code>.</p>
${operations.join('\n')}
</body></html>
`;
}

function operationHtml(path: string, method: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []).map(
    ({ name, in: place, description = '' }) =>
      `<tr><td><code>${escapeHtml(name)}</code></td><td>${escapeHtml(place)}</td><td>${escapeHtml(description)}</td></tr>`,
  );
  const responses = Object.entries(operation.responses).map(
    ([status, { description }]) =>
      `<tr><td>${escapeHtml(status)}</td><td>${escapeHtml(description)}</td></tr>`,
  );
  const answer = operation.responses['200']?.content?.['application/json']?.schema;
  return `<section><h2><code>${escapeHtml(method.toUpperCase())} ${escapeHtml(path)}</code></h2>
<p>${escapeHtml(operation.summary ?? '')}. ${escapeHtml(operation.description ?? '')}</p>
${parameters.length > 0 ? `<table><tr><th>parameter</th><th>in</th><th>expected</th></tr>${parameters.join('')}</table>` : ''}
<table><tr><th>status</th><th>meaning</th></tr>${responses.join('')}</table>
${answer ? `<details><summary>shape of the answer</summary><pre>${escapeHtml(JSON.stringify(answer, null, 1))}</pre></details>` : ''}</section>`;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, character => ENTITIES[character]!);
