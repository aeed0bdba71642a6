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
    digest: "ec3ed9c737372eb1f051914f6048d28395536b9e4e79030e74c353ad1c4f0e9a",
    source: "components/recipe/files/data-volume.sh",
    reviewed: "2026-11-25",
  },
  {
    digest: "c0799265071f03d94f486247bf1003c9b979507e7cfce9a1135bc1488fbd48db",
    source: "components/recipe/files/fetch-k3s.sh",
    reviewed: "2026-11-23",
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
    digest: "ced38cc19096c90977c8c22b4b0319f649e131519ec1d2c4cfe8d015c834db3f",
    source: "components/recipe/files/rebind-tang.sh",
    reviewed: "2026-11-25",
  },
  {
    digest: "084fd6958dd00e0ecace2d20d887fb1cd71f9e023ac9d8cb28980afd102a2141",
    source: "components/recipe/files/release.sh",
    reviewed: "2026-11-25",
  },
  {
    digest: "f4a373e0de0e29e62e24ada765bd6b26dbc81406c11f5dfb7159e890e9749685",
    source: "components/recipe/files/segment.sh",
    reviewed: "2026-11-25",
  },
  {
    digest: "7bf7613638c9464aecd06f1ded281b36624093a6b092aafd36b014995c737cf3",
    source: "components/recipe/files/site-link.sh",
    reviewed: "2026-11-25",
  },
  {
    digest: "42947373a96fadc5abb2cf3abd187b16b4921a6a2448517a1c362fb58c262718",
    source: "components/recipe/files/tang-slots.sh",
    reviewed: "2026-11-25",
  },
];
