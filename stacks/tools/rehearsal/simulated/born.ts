import { birthWordPath, proofOf } from "../../../../components/recipe/birth-word";
import { hostKey } from "./command/connection";
import { type Properties, text } from "./values";

/**
 * Proof of a machine's key at first contact, if its user data wrote a secret for that, as `components/recipe/files/contact.sh` does. The
 * secret itself is not kept.
 */
export function birthProof(cloud: "hcloud" | "exoscale", id: string, inputs: Properties): Properties {
  const word = wordIn(text(inputs, "userData") ?? "");
  return word === undefined ? {} : { birthProof: proofOf(word, [hostKey({ cloud, id })]) };
}

/** The secret that cloud-init would write for first contact (`write_files`, cloudinit/config/cc_write_files.py); user data in another form than ours has none. */
function wordIn(userData: string): string | undefined {
  if (!userData.startsWith("#cloud-config\n{")) return undefined;
  const { write_files: files = [] } = JSON.parse(userData.slice(userData.indexOf("\n"))) as {
    readonly write_files?: readonly { readonly path: string; readonly content: string }[];
  };
  return files.find(({ path }) => path === birthWordPath)?.content.trim();
}
