// SPDX-License-Identifier: Apache-2.0
// The table as places a keyboard can reach: column 0 holds the row totals, the last row the column totals.
import type { Matrix, Tally } from './matrix-layout.ts';

export interface Place {
  row: number;
  column: number;
}

export interface CellChoice {
  purpose: string | null;
  field: string | null;
}

export function matrixGrid(matrix: Matrix): (Tally | undefined)[][] {
  return [
    ...matrix.rows.map(row => [row.total, ...row.cells]),
    [matrix.total, ...matrix.columns.map(column => column.total)],
  ].map(row => row.map(tally => (tally && tally.count > 0 ? tally : undefined)));
}

/** What choosing a place filters by; totals filter by their purpose or field alone. */
export function choiceAt(matrix: Matrix, place: Place): CellChoice {
  return {
    purpose: matrix.rows[place.row]?.purpose ?? null,
    field: matrix.columns[place.column - 1]?.field ?? null,
  };
}

const STEPS: Record<string, [row: number, column: number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The next filled place in the key's direction; `undefined` when there is none or the key is another. */
export function nextPlace(
  grid: readonly (readonly (Tally | undefined)[])[],
  from: Place,
  key: string,
): Place | undefined {
  if (key === 'Home' || key === 'End') {
    const row = grid[from.row] ?? [];
    const isFilled = (tally: Tally | undefined) => tally !== undefined;
    const column = key === 'Home' ? row.findIndex(isFilled) : row.findLastIndex(isFilled);
    return column === -1 ? undefined : { row: from.row, column };
  }
  const step = STEPS[key];
  if (!step) return undefined;
  let place = { row: from.row + step[0], column: from.column + step[1] };
  while (grid[place.row] && place.column >= 0 && place.column < grid[place.row]!.length) {
    if (grid[place.row]![place.column]) return place;
    place = { row: place.row + step[0], column: place.column + step[1] };
  }
  return undefined;
}
