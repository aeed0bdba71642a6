import { invalid } from "./errors";

const label = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;

/**
 * A name that DNS, Kubernetes and both providers accept: lower-case letters, digits and inner hyphens, a letter first.
 * The limit is 40 characters by default, since roles and numbers are appended to it (`-control-plane-3`) and a host name has 63.
 *
 * @throws RangeError for anything else.
 */
export function dnsLabel(value: unknown, most = 40): string {
  if (typeof value !== "string" || value.length > most || !label.test(value))
    throw invalid(
      `a name of at most ${most} lower-case letters, digits and inner hyphens that begins with a letter`,
      value,
      'choose one like "crisis-1"',
    );
  return value;
}

/**
 * A fully qualified domain name of at least two labels, without a final dot (RFC 1035, RFC 1123: 253 characters, labels of 63).
 *
 * @throws RangeError for anything else, addresses and single labels included.
 */
export function domainName(value: unknown): string {
  const labels = typeof value === "string" ? value.split(".") : [];
  const valid =
    labels.length >= 2 &&
    (value as string).length <= 253 &&
    labels.every((part) => part.length <= 63 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(part)) &&
    /[a-z]/.test(labels.at(-1) ?? "");
  if (!valid) throw invalid("a domain name in lower case", value, 'give one like "meet.crisis.example.ch"');
  return value as string;
}

/**
 * A plain HTTPS URL: no credentials, which would be in clear wherever it is shown, no query, no fragment.
 *
 * @throws RangeError for anything else, with the caller's words.
 */
export function httpsUrl(value: unknown, what: string, advice: string): URL {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== "https:" || `${url.username}${url.password}${url.search}${url.hash}` !== "")
    throw invalid(what, value, advice);
  return url;
}
