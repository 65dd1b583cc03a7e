// SPDX-License-Identifier: Apache-2.0
export { createRecorder, type Recorder, type RecorderDeps } from './recorder.ts';
export { createRecorderMetrics } from './recorder-metrics.ts';
