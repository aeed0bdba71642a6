import { type Fact, lastReview as reviewed } from "./fact";

/** A domain under which anybody can have a name: nobody's own. */
export interface SuffixFact extends Fact {
  /** Pattern of the whole domain. */
  readonly pattern: RegExp;
}

const list = "https://publicsuffix.org/list/public_suffix_list.dat";

export const suffixes: readonly SuffixFact[] = [
  {
    pattern:
      /^(co|com|org|net|gov|gob|gouv|govt|ac|edu|sch|or|ne|go|in|id|mil|nom|info|biz|web|my|ltd|plc|me|nhs|police|gv|asso|presse|priv|gouvernement|muni|nic)\.[a-z]{2}$/,
    source: list,
    reviewed,
  },
  { pattern: /^(eu|de|uk|us|br|cn|jp|ru|za|gb|hu|no|se|sa|uy|ae)\.(com|net|org)$/, source: list, reviewed },
  {
    pattern:
      /^(blogspot\.\w+|pages\.dev|web\.app|firebaseapp\.com|onrender\.com|repl\.co|glitch\.me|surge\.sh|duckdns\.org|dyndns\.org|no-ip\.org|ddns\.net|nip\.io|sslip\.io|xip\.io|cluster\.local|svc\.cluster\.local|home\.arpa|traefik\.me|lvh\.me|ngrok\.app|loca\.lt|gitlab\.io|readthedocs\.io|onmicrosoft\.com|your-server\.de|clients\.your-server\.de|exo\.io|hetzner\.(com|cloud|de)|your-objectstorage\.com)$/,
    source: list,
    reviewed,
  },
];
