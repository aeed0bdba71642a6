import { type Fact, lastReview as reviewed } from "./fact";

/** A form by which a secret is known, wherever it stands. */
export interface SecretFact extends Fact {
  /** The secret, as it stands in a message. */
  readonly what: string;
  /** A word that stands in every one of them: a text without it holds none. */
  readonly word: string;
  readonly pattern: RegExp;
}

const gitleaks = "gitleaks/gitleaks config/gitleaks.toml at b58d3f102cf3a2c84cb7f923d05c25c9b1aed84b";

const secret = (what: string, word: string, pattern: RegExp, source = gitleaks): SecretFact => ({
  what,
  word,
  pattern,
  source,
  reviewed,
});

/** Keys and tokens with a form of their own. One that is cut off, or stands for others, is none. */
export const secretForms: readonly SecretFact[] = [
  secret(
    "a private key",
    "PRIVATE KEY",
    /-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH|PGP) )?PRIVATE KEY(?: BLOCK)?-----(?:\\n|\s){0,4}[A-Za-z0-9+/=:-]{16}/,
    "RFC 7468 (PRIVATE KEY), openssh-portable PROTOCOL.key, RFC 4880 (PGP)",
  ),
  secret("a key of age", "AGE-SECRET-KEY-1", /AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}/),
  secret("a token of GitHub's", "gh", /\bgh[pousr]_[0-9a-zA-Z]{36}/),
  secret("a token of GitHub's", "github_pat_", /\bgithub_pat_\w{82}/),
  secret("a token of GitLab's", "gl", /\bgl(?:pat|dt|rt)-[\w-]{20}/),
  secret("a key of Amazon's", "A", /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/),
  secret("a key of Google's", "AIza", /\bAIza[\w-]{35}/),
  secret("a key of Anthropic's", "sk-ant-", /\bsk-ant-(?:api03|admin01)-[\w-]{93}AA/),
  secret("a key of OpenAI's", "T3BlbkFJ", /\bsk-[\w-]{20,160}T3BlbkFJ[\w-]{20}/),
  secret("a token of Hugging Face", "hf_", /\bhf_[a-zA-Z]{34}\b/),
  secret("a token of Vault's", "hvs.", /\bhvs\.[\w-]{90}/),
  secret("a token of npm's", "npm_", /\bnpm_[a-zA-Z0-9]{36}\b/),
  secret("a token of Pulumi's", "pul-", /\bpul-[a-f0-9]{40}\b/),
  secret("a token of Slack's", "xox", /\bxox[bpe]-[0-9]{10,13}-[0-9]{10,13}/),
  secret("a token of DigitalOcean's", "dop_v1_", /\bdop_v1_[a-f0-9]{64}/),
  secret("a key of SendGrid's", "SG.", /\bSG\.[\w=.-]{66}/),
];

/**
 * Ends of names under which secrets stand: `POSTGRES_PASSWORD`, `apiKey`, `shared-secret`, and with nothing between the words `PGPASSWORD`
 * (postgres/postgres src/interfaces/libpq/fe-connect.c at 0028b55b). Names of files, and of objects that hold a secret, end in another word.
 */
export const secretNames =
  /(?:password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key|secret[_-]?key|access[_-]?key|auth[_-]?key|signing[_-]?key|encryption[_-]?key)$/i;

/** Variables that end like those of secrets and hold the public half of a pair: it stands in every token that the other half signs. Source: livekit/protocol auth/accesstoken.go at v1.53.1 (issuer). */
export const publicHalves: ReadonlySet<string> = new Set(["LIVEKIT_API_KEY"]);

/** Names that end like those of secrets, and hold the name of one, or none. */
export const namedOnly =
  /(?:^|[_.-])(?:existing|pull|tls|certificate|image|ref|service[_-]?account|automount|require|enable|use|allow|verify|rotate|reset|forgot|change|min|max|csrf|default)[\w.-]{0,40}(?:secret|token|password)$|^(?:secret|token)$/i;
