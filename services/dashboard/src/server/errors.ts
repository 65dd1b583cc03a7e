// SPDX-License-Identifier: Apache-2.0

/**
 * What building the page could not do.
 * `BUILD_FAILED`: Vite ended with an error; its own words are on standard error.
 */
export class DashboardError extends Error {
  readonly code: 'BUILD_FAILED';

  constructor(code: 'BUILD_FAILED', message: string) {
    super(message);
    this.name = 'DashboardError';
    this.code = code;
  }
}
