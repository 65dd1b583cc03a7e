// SPDX-License-Identifier: Apache-2.0
import type { Vocabulary } from '@ashiato/policy/astmax-energy';
import { expectTypeOf, test } from 'vitest';
import type { Trail } from '../trail.ts';
import type { RowTrail } from './release-rows.ts';
import type { RequestContext } from './request-context.ts';

test('a trail typed by a policy, also within withActor, serves every instrument', () => {
  type Typed = Trail<Vocabulary>;
  type Within = Trail<Vocabulary, { purpose: 'billing' }>;
  expectTypeOf<Trail>().toExtend<RowTrail>();
  expectTypeOf<Typed>().toExtend<RowTrail>();
  expectTypeOf<Within>().toExtend<RowTrail>();
  expectTypeOf<Typed>().toExtend<RequestContext<Request>['trail']>();
});
