// SPDX-License-Identifier: Apache-2.0
// What a browser without JavaScript does: it keeps cookies, fills in forms, and follows where it is sent.

export interface Page {
  /** Path and query in the end. */
  path: string;
  status: number;
  text: string;
}

export interface Browser {
  open(path: string): Promise<Page>;
  /** Sends the values with the hidden members of the form on `page` that has this action. */
  submit(page: Page, action: string, values: Record<string, string>): Promise<Page>;
}

const MOST_REDIRECTS = 5;

export function createBrowser(base: string, headers: Record<string, string> = {}): Browser {
  const cookies = new Map<string, string>();

  async function request(path: string, init: RequestInit = {}, redirects = 0): Promise<Page> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(new URL(path, base), {
      ...init,
      redirect: 'manual',
      headers: { ...headers, cookie },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      cookies.set(name!, value!);
    }
    const text = await answer.text();
    const location = answer.headers.get('location');
    if (location === null || redirects === MOST_REDIRECTS) return { path, status: answer.status, text };
    return request(location, {}, redirects + 1);
  }

  return {
    open: path => request(path),
    submit: (page, action, values) =>
      request(action, {
        method: 'POST',
        body: new URLSearchParams({ ...hiddenIn(page, action), ...values }),
      }),
  };
}

/** Throws when the page has no such form: a person could not send it either. */
function hiddenIn({ path, text }: Page, action: string): Record<string, string> {
  const forms = [...text.matchAll(/<form method="post" action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)];
  const form = forms.find(([, target]) => target === action);
  if (form === undefined) throw new Error(`the page ${path.split('?')[0]} has no form for ${action}`);
  const hidden = form[2]!.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  return Object.fromEntries([...hidden].map(([, name, value]) => [name!, value!]));
}
