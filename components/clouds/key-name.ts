import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/**
 * A name of a public key at a provider, which changes with the key: the new one can be made while hosts still have the old one, so that they are replaced
 * in their order and not all at once. The same key has the same name, so that one whose answer was lost is found again.
 */
export const keyName = (name: string, publicKey: pulumi.Input<string>): pulumi.Output<string> =>
  pulumi
    .output(publicKey)
    .apply((key) => `${name}-${createHash("sha256").update(key.trim()).digest("hex").slice(0, 8)}`);
