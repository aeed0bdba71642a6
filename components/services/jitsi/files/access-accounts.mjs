/** Local accounts: passwords as scrypt hashes, `scrypt$N$r$p$salt$hash`, by name. They depend on no other system. */
import { createHash, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { limit } from "./access-limits.mjs";
import { same } from "./access-seals.mjs";

const hashed = promisify(scrypt);

/** Hashes at once, beyond which nobody waits any longer: each takes a thread and 16 MiB. */
const mostWaiting = 32;

/** A name that there is not costs as much time as one that there is. */
const nobody = `scrypt$16384$8$1$${Buffer.alloc(16).toString("base64url")}$${Buffer.alloc(32).toString("base64url")}`;

/**
 * The accounts of a deployment.
 *
 * Failures are limited for a source, and far higher for an account: a low limit would let anybody lock a moderator out, and passwords are generated.
 */
export function accounts(list, limits = { source: limit(20, 300), account: limit(200, 300) }) {
  let waiting = 0;
  const hash = (name) => (Object.hasOwn(list, name) ? list[name] : undefined);

  async function right(name, password) {
    const [, n, r, p, salt, expected] = (hash(name) ?? nobody).split("$");
    const length = Buffer.from(expected, "base64url").length;
    const options = { N: Number(n), r: Number(r), p: Number(p) };
    const found = await hashed(password.normalize("NFKC"), Buffer.from(salt, "base64url"), length, options);
    return same(found.toString("base64url"), expected) && hash(name) !== undefined;
  }

  return {
    /** What a session keeps of an account: another password makes another, which ends the session. */
    version: (name) => {
      const text = hash(name);
      return text === undefined ? undefined : createHash("sha256").update(text).digest("base64url").slice(0, 22);
    },
    /** @returns "right", "wrong", or how many seconds nobody is asked. */
    async check(name, password, source) {
      const wait = Math.max(limits.source.wait(source), limits.account.wait(name));
      if (wait > 0) return { wait };
      if (waiting >= mostWaiting) return { wait: 5 };
      // Counted before the answer is known, so that many at once are not all let through.
      for (const [kind, key] of [
        ["source", source],
        ["account", name],
      ])
        limits[kind].count(key);
      waiting++;
      try {
        const ok = await right(name, password);
        if (ok)
          for (const [kind, key] of [
            ["source", source],
            ["account", name],
          ])
            limits[kind].count(key, -1);
        return ok ? "right" : "wrong";
      } finally {
        waiting--;
      }
    },
  };
}
