// SPDX-License-Identifier: Apache-2.0
// The page as a folder of files, for whoever serves it; and the headers it is made for.
export { buildDashboard } from './build-dashboard.ts';
export { DashboardError } from './errors.ts';
export { PAGE_CONTENT_SECURITY_POLICY } from './page-content-security-policy.ts';
