// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { choiceAt, matrixGrid, nextPlace } from './matrix-grid.ts';
import { layoutMatrix } from './matrix-layout.ts';

const cell = (purpose: string, field: string) => ({
  purpose,
  field,
  count: 1,
  violations: 0,
  undetermined: 0,
});
const cells = [cell('a', 'x'), cell('a', 'z'), cell('b', 'y'), cell('c', 'x')];
const matrix = layoutMatrix({ cells, purposes: cells }, undefined, false);
const grid = matrixGrid(matrix);

test('arrow keys step over empty places and stop at the edges', () => {
  expect(nextPlace(grid, { row: 0, column: 1 }, 'ArrowRight')).toEqual({ row: 0, column: 3 });
  expect(nextPlace(grid, { row: 0, column: 1 }, 'ArrowDown')).toEqual({ row: 2, column: 1 });
  expect(nextPlace(grid, { row: 0, column: 1 }, 'ArrowLeft')).toEqual({ row: 0, column: 0 });
  expect(nextPlace(grid, { row: 0, column: 1 }, 'ArrowUp')).toBeUndefined();
  expect(nextPlace(grid, { row: 3, column: 3 }, 'ArrowRight')).toBeUndefined();
});

test('Home and End go along the row; other keys go nowhere', () => {
  expect(nextPlace(grid, { row: 0, column: 1 }, 'End')).toEqual({ row: 0, column: 3 });
  expect(nextPlace(grid, { row: 1, column: 2 }, 'Home')).toEqual({ row: 1, column: 0 });
  expect(nextPlace(grid, { row: 0, column: 1 }, 'a')).toBeUndefined();
});

test('a place chooses its purpose and field; totals choose one of them; the corner none', () => {
  expect(choiceAt(matrix, { row: 0, column: 3 })).toEqual({ purpose: 'a', field: 'z' });
  expect(choiceAt(matrix, { row: 1, column: 0 })).toEqual({ purpose: 'b', field: null });
  expect(choiceAt(matrix, { row: 3, column: 2 })).toEqual({ purpose: null, field: 'y' });
  expect(choiceAt(matrix, { row: 3, column: 0 })).toEqual({ purpose: null, field: null });
});
