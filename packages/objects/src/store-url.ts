// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ObjectsError } from './errors.ts';
import { assertKey } from './object-key.ts';

export interface S3Place {
  kind: 's3';
  bucket: string;
  /** Empty, or ends in a slash. */
  prefix: string;
  endpoint: string | undefined;
  region: string;
  forcePathStyle: boolean;
}

export type StorePlace = { kind: 'folder'; path: string } | S3Place;

const FORMS = 'expected file:./path or s3://bucket[/prefix]?endpoint=…&region=…&forcePathStyle=…';

/** @throws ObjectsError `URL` */
export function parseStoreUrl(url: string): StorePlace {
  if (url.startsWith('file:')) return { kind: 'folder', path: folderPath(url) };
  if (url.startsWith('s3://')) return s3Place(url);
  throw refused(`got the scheme ${JSON.stringify(url.split(':')[0]?.slice(0, 20))}`);
}

function folderPath(url: string): string {
  if (url.startsWith('file://')) return fileURLToPath(url);
  const path = decodeURIComponent(url.slice('file:'.length));
  if (path === '') throw refused('got no path');
  return resolve(path);
}

function s3Place(url: string): S3Place {
  const parsed = parseUrl(url);
  if (parsed.username || parsed.password) {
    throw refused('got credentials inside the URL; give them as options or by the environment');
  }
  if (!/^[a-z0-9][a-z0-9.-]{2,62}$/.test(parsed.hostname)) throw refused('got no valid bucket name');
  const { endpoint, region, forcePathStyle, ...rest } = Object.fromEntries(parsed.searchParams);
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw refused(`got the unknown parameter ${unknown}`);
  if (forcePathStyle !== undefined && !/^(true|false)$/.test(forcePathStyle)) {
    throw refused('got a forcePathStyle that is neither true nor false');
  }
  if (endpoint !== undefined && !/^https?:$/.test(parseUrl(endpoint).protocol)) {
    throw refused('got an endpoint that is neither http nor https');
  }
  return {
    kind: 's3',
    bucket: parsed.hostname,
    prefix: s3Prefix(parsed.pathname),
    endpoint,
    region: region ?? 'us-east-1',
    forcePathStyle: forcePathStyle === undefined ? endpoint !== undefined : forcePathStyle === 'true',
  };
}

function s3Prefix(pathname: string): string {
  const path = pathname.replace(/^\//, '').replace(/\/$/, '');
  return path === '' ? '' : `${assertKey(path)}/`;
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw new ObjectsError('URL', `an object store URL could not be read: ${FORMS}`, cause);
  }
}

function refused(got: string): ObjectsError {
  return new ObjectsError('URL', `object store URL: ${FORMS}, ${got}`);
}
