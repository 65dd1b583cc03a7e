// SPDX-License-Identifier: Apache-2.0

/** Two footprints: decoration only, the product's name stands beside it as text. */
export function FootprintLogo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" className="ground" />
      <ellipse cx="11.5" cy="19" rx="3.6" ry="5.4" transform="rotate(-8 11.5 19)" />
      <ellipse cx="12" cy="26.6" rx="2.6" ry="2.1" />
      <ellipse cx="20.5" cy="9.5" rx="3.6" ry="5.4" transform="rotate(8 20.5 9.5)" />
      <ellipse cx="20" cy="17.1" rx="2.6" ry="2.1" />
    </svg>
  );
}
