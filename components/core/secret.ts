import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { validate, invalid, type Keys } from "./errors";
import { record, text } from "./shapes";

/**
 * A secret, and the version that tells one value of it from another. The version is plain: it goes into annotations of pods, so that pods which use the secret
 * are replaced when it changes, and only they.
 */
export interface Secret {
  readonly value: pulumi.Input<string>;
  readonly version: pulumi.Input<string>;
  /** The secret before this one, for programs that accept two. @default - none: it is valid no longer */
  readonly previous?: Secret;
}

export const secretKeys: Keys<Secret> = {
  value: true,
  version: true,
  previous: "elsewhere",
};

/**
 * A secret that comes from outside: the stack's configuration, a certificate's key.
 *
 * @param version another one replaces the pods that use it.
 * @throws RangeError for an empty value or version.
 */
export function givenSecret(value: pulumi.Input<string>, version: pulumi.Input<string> = "1"): Secret {
  return readSecret({ value, version });
}

/** Reads a secret, without showing it. @throws RangeError for what has no value or no version. */
export function readSecret(given: Secret | null | undefined): Secret {
  const { value, version, previous } = record(
    typeof given === "string" || pulumi.Output.isInstance(given) ? undefined : given,
    "a secret with a value and a version",
    'givenSecret(config.requireSecret("token"), "1") or the result of secrets.password("token")',
  );
  const valid = validate({
    value: () => text(value, "the text of a secret", "give it from the stack's secrets"),
    version: () => text(version, "the version of a secret", 'give one like "1", and another when the value changes'),
  });
  return {
    value: pulumi.secret(valid.value),
    version: valid.version,
    ...(previous === undefined ? {} : { previous: readSecret(previous) }),
  };
}

/** The same secret, which nobody uses before some resources are made or changed: by then it is let in. */
export const usedAfter = (secret: Secret, resources: readonly pulumi.Resource[]): Secret => ({
  ...secret,
  value: pulumi.secret(
    // An output that is made of a resource's URN waits for the resource; the URN itself is known at preview.
    pulumi.all([pulumi.output(secret.value), ...resources.map(({ urn }) => urn)]).apply(([value = ""]) => value),
  ),
});

/**
 * A certificate and its key as secrets. The certificate's digest is the version of both: a renewed certificate replaces the pods that hold it.
 */
export const keyPair = (issued: {
  readonly certificate: pulumi.Input<string>;
  readonly privateKey: pulumi.Input<string>;
}): { readonly certificate: Secret; readonly privateKey: Secret } => {
  const version = fingerprint(issued.certificate);
  return {
    certificate: { value: issued.certificate, version },
    privateKey: { value: pulumi.secret(issued.privateKey), version },
  };
};

/** A certificate without its key, for programs that verify others with it. A renewed one replaces the pods that hold it. */
export const trusted = (certificate: pulumi.Input<string>): Secret => ({
  value: certificate,
  version: fingerprint(certificate),
});

/** Digest of a certificate: plain, also where the certificate comes as a secret. */
export const fingerprint = (certificate: pulumi.Input<string>): pulumi.Input<string> =>
  typeof certificate === "string"
    ? sha256(certificate)
    : pulumi.unsecret(pulumi.output(certificate).apply((pem) => sha256(pem)));

/**
 * One digest of the versions of many secrets, by name: another version of any of them gives another digest. Plain where all versions are plain.
 *
 * @returns undefined for no secrets.
 */
export function versionsDigest(secrets: Readonly<Record<string, Secret>>): pulumi.Input<string> | undefined {
  const names = Object.keys(secrets).sort();
  if (names.length === 0) return undefined;
  const versions = names.map((name) => secrets[name]?.version ?? "");
  const digest = (values: readonly string[]): string =>
    sha256(JSON.stringify(names.map((name, i) => [name, values[i]])));
  return versions.every((version) => typeof version === "string")
    ? digest(versions)
    : pulumi.unsecret(pulumi.all(versions).apply(digest));
}

/**
 * A text made of several secrets: a configuration file with passwords in it. Another version of any of them is another version of the text; so is a change of
 * `revision`.
 *
 * @param revision plain; another one where the text changes without its secrets.
 */
export function secretText<K extends string>(
  secrets: Readonly<Record<K, Secret>>,
  make: (values: Readonly<Record<K, string>>) => string,
  revision = "",
): Secret {
  const names = Object.keys(secrets) as K[];
  const values = pulumi.all(names.map((name) => secrets[name].value));
  return {
    value: pulumi.secret(
      values.apply((texts) =>
        make(Object.fromEntries(names.map((name, i) => [name, texts[i] ?? ""])) as Record<K, string>),
      ),
    ),
    version: versionsDigest({ ...secrets, "": { value: "", version: revision } }) ?? "",
  };
}

const sha256 = (content: string): string => createHash("sha256").update(content).digest("hex");

/** @throws RangeError unless it is a word that a generation of a secret can be called by. */
export function generationName(value: unknown): string {
  if (typeof value !== "string" || !/^[A-Za-z0-9._-]{1,40}$/.test(value))
    throw invalid(
      "a word of at most 40 letters, digits, dots, underscores and hyphens",
      value,
      'give one like "2026-01"',
    );
  return value;
}
