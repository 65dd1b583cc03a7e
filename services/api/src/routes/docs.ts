// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { DOCS_STYLE, docsPage } from '../docs-page.ts';
import { openApiDocument } from '../openapi.ts';
import type { Route } from '../route.ts';

/** The document covers `routes` and these three themselves. */
export function docsRoutes(routes: readonly Route[], morePaths: readonly Record<string, unknown>[]): Route[] {
  const own: Route[] = [
    {
      method: 'get',
      path: '/openapi.json',
      operationId: 'openapi',
      summary: 'This document',
      answer: z.record(z.string(), z.unknown()),
      problems: [],
      handle: async () => document,
    },
    {
      method: 'get',
      path: '/docs',
      operationId: 'docs',
      summary: 'This document as a page',
      mediaTypes: ['text/html'],
      problems: [],
      async handle({ reply }) {
        reply
          .type('text/html; charset=utf-8')
          .header(
            'content-security-policy',
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
          );
        return page;
      },
    },
    {
      method: 'get',
      path: '/docs/style.css',
      operationId: 'docsStyle',
      summary: 'The style of that page',
      mediaTypes: ['text/css'],
      problems: [],
      async handle({ reply }) {
        reply.type('text/css; charset=utf-8');
        return DOCS_STYLE;
      },
    },
  ];
  const document = openApiDocument([...routes, ...own], morePaths);
  const page = docsPage(document);
  return own;
}
