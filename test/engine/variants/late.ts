/** Variants with a value that no preview knows: the update stops where it learns it. */
import { type Output, output } from "@pulumi/pulumi";
import { at } from "./changes";
import type { Variant } from "./variant";

export const late: readonly Variant[] = [
  {
    rule: "UC-K8S-001",
    change: "the cluster's kubeconfig with a name of somebody else's",
    seen: "up",
    inputs: at("pulumi:providers:kubernetes", "portal", ["kubeconfig"], (old) =>
      output(old as Output<string>).apply((text) =>
        text.replaceAll("rooms.crisis.example.ch", "elsewhere.example.net"),
      ),
    ),
  },
];
