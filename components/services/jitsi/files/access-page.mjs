/** Pages of the sign-in: no script, no font, nothing from outside, and a policy that allows nothing else. */
import { createHash } from "node:crypto";

const style = `body{font:1rem/1.5 system-ui,sans-serif;background:#10141a;color:#e8ecf1;display:grid;place-items:center;min-height:100vh;margin:0}
main{width:min(22rem,90vw)}h1{font-size:1.4rem}label{display:block;margin:1rem 0 .25rem}
input{font:inherit;box-sizing:border-box;width:100%;padding:.5rem;border:1px solid #5b6675;border-radius:.3rem;background:#fff;color:#10141a}
button{font:inherit;margin-top:1.25rem;padding:.5rem 1.25rem;border:0;border-radius:.3rem;background:#3b82f6;color:#fff}
a{color:#93c5fd}[role=alert]{background:#7f1d1d;padding:.5rem .75rem;border-radius:.3rem}`;

const digest = createHash("sha256").update(style).digest("base64");

/** Headers of every answer of this service. */
export const headers = {
  "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${digest}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  "Cache-Control": "no-store",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

const escaped = (text) => String(text).replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);

const page = (title, body) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>${escaped(title)}</title>
<style>${style}</style>
<main>
<h1>${escaped(title)}</h1>
${body}
</main>
</html>
`;

/** The form for an account. `sealed` says which meeting it is for, and binds the form to the browser that got it. */
export const signIn = ({ room, action, sealed, name = "", problem }) =>
  page(
    `Sign in to ${room}`,
    `${problem === undefined ? "" : `<p role="alert">${escaped(problem)}</p>\n`}<form method="post" action="${escaped(action)}">
<input type="hidden" name="form" value="${escaped(sealed)}">
<label for="name">Account</label>
<input id="name" name="name" value="${escaped(name)}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="256" required>
<button>Sign in</button>
</form>`,
  );

/** A sentence, and the way back. */
export const notice = (title, text, link) =>
  page(
    title,
    `<p>${escaped(text)}</p>${link === undefined ? "" : `\n<p><a href="${escaped(link.href)}">${escaped(link.text)}</a></p>`}`,
  );
