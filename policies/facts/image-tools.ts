import { type Fact } from "./fact";

/** A program that fetches container images. */
export interface ImageToolFact extends Fact {
  readonly tool: string;
  /** Words after which a reference stands. The program's own name: a reference is its first operand. */
  readonly words: readonly string[];
  /** Options whose word is a reference. */
  readonly options: readonly string[];
}

const reviewed = "2026-11-30";

const crane = ["pull", "copy", "cp", "export", "manifest", "digest", "config", "flatten", "mutate", "append", "blob"];

/**
 * Programs that fetch images, by the words of their own help. What a word of a word fetches stands under the second one (`cosign download sbom`, `regctl manifest
 * get`).
 */
export const imageTools: readonly ImageToolFact[] = (
  [
    ["docker", "docker/cli cli/command/{image,container,manifest} at 28f756087e", ["pull", "run", "create", "inspect"]],
    ["podman", "containers/podman cmd/podman/{images,containers} at c6580b4a52", ["pull", "run", "create"]],
    ["nerdctl", "containerd/nerdctl cmd/nerdctl/{image,container} at 8da50408", ["pull", "run", "create"]],
    ["crictl", "kubernetes-sigs/cri-tools cmd/crictl/image.go at ba03eabc", ["pull"]],
    ["ctr", "containerd/containerd cmd/ctr/commands/{images/pull,content/fetch}.go at 301026e58", ["pull", "fetch"]],
    ["buildah", "containers/buildah cmd/buildah/{pull,from}.go at 5b1b18eeb", ["pull", "from"]],
    ["crane", "google/go-containerregistry cmd/crane/cmd at 3f4ff3ca", crane],
    ["gcrane", "google/go-containerregistry cmd/gcrane at 3f4ff3ca", crane],
    [
      "oras",
      "oras-project/oras cmd/oras/root at 94fa1d8a",
      ["pull", "copy", "cp", "fetch", "get", "show", "fetch-config", "get-config", "resolve", "discover", "backup"],
    ],
    [
      "regctl",
      "regclient/regclient cmd/regctl/{image,manifest,blob}.go at 725072f",
      ["copy", "cp", "get", "pull", "head", "digest", "get-file", "cat", "export", "inspect", "check-base", "mod"],
    ],
    ["trivy", "aquasecurity/trivy pkg/commands/app.go at dc3c56eed5", ["image", "i"]],
    ["grype", "anchore/grype cmd/grype/cli/commands/root.go at 4562c55c", ["grype"]],
    [
      "syft",
      "anchore/syft cmd/syft/internal/commands/{root,scan,packages,attest}.go at bf82010f3",
      ["syft", "scan", "packages", "attest"],
    ],
    ["dive", "wagoodman/dive cmd/dive/cli/internal/command/root.go at d6c6919", ["dive"]],
    [
      "cosign",
      "sigstore/cosign cmd/cosign/cli at d6d86c22",
      [
        ...["copy", "verify", "verify-attestation", "tree", "triangulate", "load"],
        ...["signature", "sbom", "attestation"],
      ],
    ],
    ["kubectl", "kubernetes/kubectl pkg/cmd/{run,create,debug} at dee3483a3", [], ["--image"]],
    [
      "imgpkg",
      "carvel-dev/imgpkg pkg/imgpkg/cmd/{bundle,image}_flags.go at 240e8789",
      [],
      ["-b", "-i", "--bundle", "--image"],
    ],
    [
      "pack",
      "buildpacks/pack internal/commands/build.go at 7640af99",
      [],
      ["-B", "--builder", "--run-image", "--lifecycle-image"],
    ],
    // Kaniko's, in its own image.
    ["warmer", "GoogleContainerTools/kaniko cmd/warmer/cmd/root.go at 236ba5690", [], ["-i", "--image"]],
  ] as const
).map(([tool, source, words, options = []]) => ({ tool, words, options, source, reviewed }));

/** A word before the colon of what a scanner looks at. */
export interface ScannedFact extends Fact {
  readonly scheme: string;
  /** True if an image of a registry follows; false for files, folders, lists of packages and names of single ones. */
  readonly isImage: boolean;
}

const syft = "anchore/syft cmd/syft/internal/commands/scan.go at bf82010f3 (schemes)";
const grype = "anchore/grype cmd/grype/cli/commands/root.go at 4562c55c (schemes)";
const dive = "wagoodman/dive dive/get_image_resolver.go at d6c6919 (DeriveImageSource)";
const stereoscope = "anchore/stereoscope pkg/image/source.go at 4d73b65";

/** Words before the colon of what syft, grype and dive look at. `file:` is one of them, too: no reader takes it for an image. */
export const scannedSchemes: readonly ScannedFact[] = (
  [
    ["registry", true, syft],
    ["docker", true, syft],
    ["podman", true, syft],
    ["oci-model-registry", true, syft],
    ["containerd", true, stereoscope],
    ["oci-registry", true, stereoscope],
    ["docker-archive", false, syft],
    ["docker-tar", false, dive],
    ["oci-archive", false, syft],
    ["oci-dir", false, syft],
    ["singularity", false, syft],
    ["dir", false, syft],
    ["sbom", false, grype],
    ["purl", false, grype],
    ["pkg", false, grype],
    ["cpes", false, grype],
    ["cpe", false, grype],
    ["zarf", false, grype],
  ] as const
).map(([scheme, isImage, source]) => ({ scheme, isImage, source, reviewed }));

/** Words of scanners' own, which are no images. */
export const scannerWords: readonly (Fact & { readonly word: string })[] = (
  [
    ["scan", "anchore/syft cmd/syft/internal/commands at bf82010f3"],
    ["packages", "anchore/syft cmd/syft/internal/commands at bf82010f3"],
    ["attest", "anchore/syft cmd/syft/internal/commands at bf82010f3"],
    ["convert", "anchore/syft cmd/syft/internal/commands at bf82010f3"],
    ["cataloger", "anchore/syft cmd/syft/internal/commands at bf82010f3"],
    ["config", "anchore/syft cmd/syft/cli/cli.go at bf82010f3"],
    ["login", "anchore/syft cmd/syft/cli/cli.go at bf82010f3"],
    ["version", "anchore/syft cmd/syft/cli/cli.go at bf82010f3"],
    ["db", "anchore/grype cmd/grype/cli/commands at 4562c55c"],
    ["explain", "anchore/grype cmd/grype/cli/commands at 4562c55c"],
    ["completion", "anchore/grype cmd/grype/cli/commands at 4562c55c"],
    ["build", "wagoodman/dive cmd/dive/cli/internal/command/build.go at d6c6919"],
    ["help", "spf13/cobra command.go at adbc8813 (InitDefaultHelpCmd)"],
  ] as const
).map(([word, source]) => ({ word, source, reviewed }));
