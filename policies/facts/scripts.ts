import type { Fact } from "./fact";

/** A script of ours that runs on hosts, known by its digest. Written by `node policies/facts/lock.mjs`. */
export interface ScriptFact extends Fact {
  /** SHA-256 of the file, in hexadecimal. */
  readonly digest: string;
}

export const knownScripts: readonly ScriptFact[] = [
  {
    digest: "ccd3ca0142065c0f5d769d30a06992996878ae8ace471afa5c235a077815e6d1",
    source: "components/recipe/files/admit.sh",
    reviewed: "2026-11-28",
  },
  {
    digest: "ae95594a3973d0ebbbd42eabf4c251acb358f76bb87b7fc551eac10c1b833807",
    source: "components/recipe/files/bootstrap.sh",
    reviewed: "2026-11-25",
  },
  {
    digest: "769d5c355e6414fa39be7e17ca66c6d49c692d30af998634050272ca1447e4de",
    source: "components/recipe/files/certificates.sh",
    reviewed: "2026-11-28",
  },
  {
    digest: "bac0bd97782e9986a6095e2c5fd3154e71324bf05666b36d5859c719ffb720dc",
    source: "components/recipe/files/contact.sh",
    reviewed: "2026-11-28",
  },
  {
    digest: "89f3a528678393e69ce1b09ea67dae8e6fa6a2b59777a6d1ec57b9284a17ebd2",
    source: "components/recipe/files/converge.sh",
    reviewed: "2026-11-29",
  },
  {
    digest: "ec3ed9c737372eb1f051914f6048d28395536b9e4e79030e74c353ad1c4f0e9a",
    source: "components/recipe/files/data-volume.sh",
    reviewed: "2026-11-25",
  },
  {
    digest: "51302d8dec22277127176ab6920178fdbcaa2157c7d113e7e0f30efcd79307f2",
    source: "components/recipe/files/enrol.sh",
    reviewed: "2026-11-28",
  },
  {
    digest: "1b04eab67ca891efaeb11ad24b493c88ac84a9b07a9955bd0a90bfacf51ce8d7",
    source: "components/recipe/files/fetch-k3s.sh",
    reviewed: "2026-11-28",
  },
  {
    digest: "0bf0c0d46a1c16d57ba4192af44a569bd0968811d85bb09d00e058682544e533",
    source: "components/recipe/files/forward-journals.sh",
    reviewed: "2026-11-25",
  },
  {
    digest: "c15001785a00e9e8f2230712ef3ff08521d1a339e5e091500981cb71a2f9f8e6",
    source: "components/recipe/files/gateway-apt.sh",
    reviewed: "2026-11-25",
  },
  {
    digest: "1ea12541051646784e58b586ddea7fa29bbbd5c350003f11f1a150478d252156",
    source: "components/recipe/files/join.sh",
    reviewed: "2026-11-28",
  },
  {
    digest: "fe8d6cd5b8a8a06cb2588537995938fdae4e13403585fc116ad62cd90ab91c2d",
    source: "components/recipe/files/keep-bigbluebutton.sh",
    reviewed: "2026-11-30",
  },
  {
    digest: "a5fb2dcac52adad96d37d3fb00b1f212b734c54f4575651e43f3b68739608c57",
    source: "components/recipe/files/keep-journals.sh",
    reviewed: "2026-11-28",
  },
  {
    digest: "88d84615454648d28d7c6491e8c551cd90312210831a0446550191b02c0c26cf",
    source: "components/recipe/files/leave.sh",
    reviewed: "2026-11-28",
  },
  {
    digest: "016dcab4ddeee75d50e4b970be58c346ac350c6d417797ed86c173aabc7fceaf",
    source: "components/recipe/files/nothing.sh",
    reviewed: "2026-11-23",
  },
  {
    digest: "b4cc733a431e4cfcb5f057086c29f202f91935b396420167fc0fe095457979cf",
    source: "components/recipe/files/pod-interface.sh",
    reviewed: "2026-11-28",
  },
  {
    digest: "3015780fb7d56f13089ebdd3a473cafc6a3e53ec4de4fc37d8a6a3605b5fdb61",
    source: "components/recipe/files/ready.sh",
    reviewed: "2026-11-23",
  },
  {
    digest: "b8df32103b61a61ba391cdbd38e1e946f21c029421081629029983be8420823b",
    source: "components/recipe/files/rebind-tang.sh",
    reviewed: "2026-11-25",
  },
  {
    digest: "7a204f5e37edc1cb06b87e6aa5cb715c9a082d8fd1463d0144dfc3fd226370d3",
    source: "components/recipe/files/release.sh",
    reviewed: "2026-11-28",
  },
  {
    digest: "6017ba99964e3daf12bcf4dbbbec77646e0d2d2ab826c341aee396efb87f5db4",
    source: "components/recipe/files/renew-k3s.sh",
    reviewed: "2026-11-28",
  },
  {
    digest: "d27b192a41a91f6217656ffa698f820f91fd53b54995e71cd072921c10fe6e86",
    source: "components/recipe/files/rest-bigbluebutton.sh",
    reviewed: "2026-11-29",
  },
  {
    digest: "fbf6b6eeb8786c4ddf8657e067b805826841945fc1a7c380f0cfad6ffe99abbf",
    source: "components/recipe/files/restart-bigbluebutton.sh",
    reviewed: "2026-11-29",
  },
  {
    digest: "f4a373e0de0e29e62e24ada765bd6b26dbc81406c11f5dfb7159e890e9749685",
    source: "components/recipe/files/segment.sh",
    reviewed: "2026-11-25",
  },
  {
    digest: "ffdf3fcb223a594025c60da1e1d76bc3c63621f7b0bd751d3380dff23e3fcc7d",
    source: "components/recipe/files/serve-bigbluebutton.sh",
    reviewed: "2026-11-29",
  },
  {
    digest: "8747fb273a2150a739d3182b5cb19ac904317418287b4cc9b85f077dbf5e3fc9",
    source: "components/recipe/files/settle-bigbluebutton.sh",
    reviewed: "2026-11-30",
  },
  {
    digest: "bb654ed65c51fee6ec4bacc51879bda07d90a396ee5a865938d8ee837987eba1",
    source: "components/recipe/files/silence.sh",
    reviewed: "2026-11-29",
  },
  {
    digest: "4c7072bbfc397c00c5a0f73aee34eb75a24daa04407b68384853e31493d277cc",
    source: "components/recipe/files/site-link.sh",
    reviewed: "2026-11-25",
  },
  {
    digest: "eed83ab0493a9a478d1172e4d2269600179174cbf2b9d298592ee75f9b6e067b",
    source: "components/recipe/files/spool-recordings.sh",
    reviewed: "2026-11-29",
  },
  {
    digest: "42947373a96fadc5abb2cf3abd187b16b4921a6a2448517a1c362fb58c262718",
    source: "components/recipe/files/tang-slots.sh",
    reviewed: "2026-11-25",
  },
];
