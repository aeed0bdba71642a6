import { birthWordPath, proofOf } from "../../../../components/recipe/birth-word";
import { hostKey } from "./command/connection";
import { type Properties, text } from "./values";

/**
 * With what a machine proves its key at first contact, where its user data wrote a word for that onto it, as `components/recipe/files/contact.sh` does. The
 * word itself is kept nowhere.
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
