import type { Fact } from "./fact";

/** A script of ours that runs on hosts, known by its digest. Written by `node policies/facts/lock.mjs`. */
export interface ScriptFact extends Fact {
  /** SHA-256 of the file, in hexadecimal. */
  readonly digest: string;
}

export const knownScripts: readonly ScriptFact[] = [
  {
    digest: "bd00b6a4e7d4f0d5f0211f33a27aad318bf635ca7b5cb95c24524a85bf21f8c0",
    source: "components/recipe/files/bootstrap.sh",
    reviewed: "2026-11-23",
  },
  {
    digest: "eb45798cf0486623ade6d193c284c8d59cea6c2dd687dcc2ff54c0181f633dda",
    source: "components/recipe/files/claim.sh",
    reviewed: "2026-11-25",
  },
  {
    digest: "6b82a7b05e54e2a5483ff982defd843fea57be8b612e7681f7f8196833b448e5",
    source: "components/recipe/files/contact.sh",
    reviewed: "2026-11-23",
  },
  {
    digest: "d6da9051edd05f1356fbc854864972f4f6a2e65448b1649969378bf93e67b7fc",
    source: "components/recipe/files/converge.sh",
    reviewed: "2026-11-25",
  },
  {
    digest: "cc71973f400ecff3ece5207ddcc035050dec0a763d9f830b171d4ff4e97823bb",
    source: "components/recipe/files/data-volume.sh",
    reviewed: "2026-11-23",
  },
  {
    digest: "c0799265071f03d94f486247bf1003c9b979507e7cfce9a1135bc1488fbd48db",
    source: "components/recipe/files/fetch-k3s.sh",
    reviewed: "2026-11-23",
  },
  {
    digest: "c15001785a00e9e8f2230712ef3ff08521d1a339e5e091500981cb71a2f9f8e6",
    source: "components/recipe/files/gateway-apt.sh",
    reviewed: "2026-11-25",
  },
  {
    digest: "db2bf376cbc0e87d8e19e01d0d8a1aded4a285504e9d6b6d4a78002e42444477",
    source: "components/recipe/files/leave.sh",
    reviewed: "2026-11-23",
  },
  {
    digest: "016dcab4ddeee75d50e4b970be58c346ac350c6d417797ed86c173aabc7fceaf",
    source: "components/recipe/files/nothing.sh",
    reviewed: "2026-11-23",
  },
  {
    digest: "3015780fb7d56f13089ebdd3a473cafc6a3e53ec4de4fc37d8a6a3605b5fdb61",
    source: "components/recipe/files/ready.sh",
    reviewed: "2026-11-23",
  },
  {
    digest: "0d8d944b3dc25bb2e7a6070adbfac65541ece183d8c6fc0a6ac072ac5db4fdb2",
    source: "components/recipe/files/release.sh",
    reviewed: "2026-11-25",
  },
  {
    digest: "f4a373e0de0e29e62e24ada765bd6b26dbc81406c11f5dfb7159e890e9749685",
    source: "components/recipe/files/segment.sh",
    reviewed: "2026-11-25",
  },
  {
    digest: "4c7072bbfc397c00c5a0f73aee34eb75a24daa04407b68384853e31493d277cc",
    source: "components/recipe/files/site-link.sh",
    reviewed: "2026-11-25",
  },
];
