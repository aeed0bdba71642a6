import { invalid } from "../../../components/core/errors";
import { domainName } from "../../../components/core/names";

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** True if a host is this machine: the only one that may be spoken to without TLS. */
export const isLoopback = (host: string): boolean => loopback.test(host.replace(/:\d+$/, ""));

/**
 * Host of a registry, with a port where it is not 443.
 *
 * @throws RangeError for anything else, credentials and paths included.
 */
export function registryHost(value: string): string {
  const [, host, port] = /^(\[[0-9a-f:]+\]|[^:/@\s]+)(?::(\d{1,5}))?$/.exec(value) ?? [];
  if (host === undefined || Number(port ?? 443) > 65_535)
    throw invalid("a registry host", value, 'give one like "registry.example.ch"; log in with "skopeo login"');
  if (!isLoopback(host)) domainName(host);
  return value;
}

/**
 * A web address without credentials and query; without TLS on this machine only.
 *
 * @throws RangeError for anything else.
 */
export function webAddress(value: unknown, example: string): string {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
  const plain = url?.protocol === "http:" && isLoopback(url.hostname);
  if (url === undefined || !(url.protocol === "https:" || plain) || url.username !== "" || url.password !== "")
    throw invalid("an https address without credentials", value, `give one like "${example}"`);
  if (url.search !== "" || url.hash !== "")
    throw invalid("an address without query and fragment", value, `give one like "${example}"`);
  return url.href.replace(/\/$/, "");
}

/** Address of a key below a base address. Every part of the key is escaped, so that `+` stays a plus. */
export const below = (address: string, key: string): string =>
  `${address}/${key.split("/").map(encodeURIComponent).join("/")}`;

const segment = /^[A-Za-z0-9._+~%@-]+$/;

/**
 * Path of a file in a store: `k3s/v1.34.2+k3s1/k3s`.
 *
 * @throws RangeError for anything that could lead out of the store.
 */
export function storeKey(value: string): string {
  const parts = value.split("/");
  if (value.length > 512 || !parts.every((part) => segment.test(part) && part !== "." && part !== ".."))
    throw invalid(
      "a relative path of letters, digits and . _ + ~ % @ -",
      value,
      'give one like "models/speech/small.bin"',
    );
  return value;
}
