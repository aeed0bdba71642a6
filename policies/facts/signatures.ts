import { type Fact, lastReview as reviewed } from "./fact";

/** A line by which a program takes packages or images that nobody has signed. */
export interface UnsignedFact extends Fact {
  /** A word of the line in lower case: most texts hold none of them. */
  readonly word: string;
  readonly pattern: RegExp;
  readonly what: string;
  readonly action: string;
}

export const unsignedLines: readonly UnsignedFact[] = (
  [
    [
      "trusted",
      /(^|[\s[])trusted(=|:\s*)yes\b/i,
      "a source of Debian packages that is trusted without a signature",
      "name its key with signed-by",
      "Debian sources.list(5), apt version 2.6 (trusted)",
    ],
    [
      "allow-unauthenticated",
      /--allow-unauthenticated\b/i,
      "packages without a signature (--allow-unauthenticated)",
      "remove the option, and name the key of the source",
      "Debian apt-get(8), apt version 2.6",
    ],
    [
      "allowunauthenticated",
      /APT::Get::AllowUnauthenticated["']?[\s=]+["']?(true|1|yes)\b/i,
      "packages without a signature (AllowUnauthenticated)",
      "remove the setting",
      "Debian apt.conf(5), apt version 2.6",
    ],
    [
      "gpgcheck",
      /(^|\s)(repo_)?gpgcheck\s*=\s*(0|false|no)\b|--nogpgcheck\b/i,
      "packages of RPM without a signature (gpgcheck)",
      "set gpgcheck=1 and gpgkey",
      "rpm-software-management/dnf doc/conf_ref.rst at 5ad76abc (gpgcheck)",
    ],
    [
      "no-gpg-checks",
      /--no-gpg-checks\b/i,
      "packages of RPM without a signature (--no-gpg-checks)",
      "remove the option",
      "openSUSE/zypper doc/zypper.8.txt at b748759c",
    ],
    [
      "nosignature",
      /\brpm\s.*--nosignature\b/i,
      "packages of RPM without a signature (--nosignature)",
      "remove the option",
      "rpm-software-management/rpm docs/man/rpm.8.scd at a8f0192a",
    ],
    [
      "allow-untrusted",
      /\bapk\s.*--allow-untrusted\b/i,
      "packages of Alpine without a signature (--allow-untrusted)",
      "remove the option, and bring the key of the source",
      "https://man.archlinux.org/man/apk.8 (--allow-untrusted)",
    ],
    [
      "siglevel",
      /^\s*SigLevel\s*=\s*(Never|TrustAll)\b/i,
      "packages of Arch Linux without a signature (SigLevel)",
      "set SigLevel = Required",
      "https://man.archlinux.org/man/pacman.conf.5 (SigLevel)",
    ],
  ] as const
).map(([word, pattern, what, action, source]) => ({ word, pattern, what, action, source, reviewed }));

/** A kind of object by which a cluster admits only images that somebody has signed. */
export interface AdmissionFact extends Fact {
  readonly group: string;
  readonly kind: string;
  /** Form in which its images, its demands and its strength are written: see `extract/admission.ts`. */
  readonly form: "kyverno" | "validating" | "sigstore";
}

export const admissionKinds: readonly AdmissionFact[] = (
  [
    [
      "kyverno.io",
      "ClusterPolicy",
      "kyverno",
      "kyverno/kyverno api/kyverno/v1/image_verification_types.go at 00a09558",
    ],
    ["kyverno.io", "Policy", "kyverno", "kyverno/kyverno api/kyverno/v1/image_verification_types.go at 00a09558"],
    [
      "policies.kyverno.io",
      "ImageValidatingPolicy",
      "validating",
      "https://kyverno.io/docs/policy-types/image-validating-policy/",
    ],
    [
      "policies.kyverno.io",
      "NamespacedImageValidatingPolicy",
      "validating",
      "https://kyverno.io/docs/policy-types/image-validating-policy/",
    ],
    [
      "policy.sigstore.dev",
      "ClusterImagePolicy",
      "sigstore",
      "sigstore/policy-controller pkg/apis/policy/v1beta1/clusterimagepolicy_types.go at 048185e1",
    ],
  ] as const
).map(([group, kind, form, source]) => ({ group, kind, form, source, reviewed }));
