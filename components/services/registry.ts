import type { CatalogueImage } from "../core/images";
import { blockImages } from "../kubernetes/images";
import { bigBlueButtonImages } from "./bigbluebutton/images";
import { identityImages } from "./identity/images";
import { languageImages } from "./language/images";
import { jitsiImages } from "./jitsi/images";
import { mailImages } from "./mail/images";
import { matrixImages } from "./matrix/images";
import { minutesImages } from "./minutes/images";
import { nextcloudImages } from "./nextcloud/images";
import { openViduImages } from "./openvidu/images";
import { speechImages } from "./speech/images";
import { storageImages } from "./storage/images";

/** A kind of service: one folder beside this file. */
export interface ServiceKind {
  /** Name of its folder. */
  readonly name: string;
  readonly images: Readonly<Record<string, CatalogueImage>>;
}

/** Every kind of service. A new one is a folder and a line here. */
export const services: readonly ServiceKind[] = [
  { name: "bigbluebutton", images: bigBlueButtonImages },
  { name: "identity", images: identityImages },
  { name: "jitsi", images: jitsiImages },
  { name: "language", images: languageImages },
  { name: "mail", images: mailImages },
  { name: "matrix", images: matrixImages },
  { name: "minutes", images: minutesImages },
  { name: "nextcloud", images: nextcloudImages },
  { name: "openvidu", images: openViduImages },
  { name: "speech", images: speechImages },
  { name: "storage", images: storageImages },
];

/** Every image that this version of the library deploys, each path once. */
export const catalogueImages: readonly CatalogueImage[] = [
  ...new Map(
    [blockImages, ...services.map(({ images }) => images)]
      .flatMap((images): readonly CatalogueImage[] => Object.values(images))
      .map((row) => [row.path, row]),
  ).values(),
];
