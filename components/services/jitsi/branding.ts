import { invalid, type Keys, validate } from "../../core/errors";
import { record } from "../../core/shapes";
import type { Mount } from "../../kubernetes/mounts";
import { captionsLabels } from "./captions-page";

/** Name, logo and legal pages of the operator, all served by the deployment itself. */
export interface Branding {
  /** Name in the title of the page and in invitations. */
  readonly name: string;
  /** An SVG, as text, that loads nothing and runs nothing. @default - no logo */
  readonly logo?: string;
  /** Texts in plain words, a blank line between paragraphs; the welcome page has a link to each. */
  readonly legal: {
    /** The operator of the service, and the ways to reach them. */
    readonly imprint: string;
    readonly privacy: string;
  };
}

export const brandingKeys: Keys<Branding> = { name: true, logo: true, legal: { imprint: true, privacy: true } };

/** Paths of what the web servers of every shard serve. */
export const brandingPaths = {
  data: "/branding/branding.json",
  logo: "/branding/logo.svg",
  imprint: "/branding/imprint.html",
  privacy: "/branding/privacy.html",
} as const;

const example = '{ name: "Crisis staff", legal: { imprint: "…", privacy: "…" } }';

/** @throws RangeError with everything that cannot be shown, or would load something from elsewhere. */
export function readBranding(value: Branding | undefined): Branding | undefined {
  if (value === undefined) return undefined;
  const { name, logo, legal } = record(value, "a branding", example);
  const { imprint, privacy } = record(legal, "legal pages", '{ imprint: "…", privacy: "…" }');
  validate({
    name: () => {
      // It stands in scripts that the web server puts into the page.
      if (/[<>\p{Cc}]/u.test(words(name, 60))) throw invalid("a name without < and >", name, "leave them out");
    },
    logo: () => (logo === undefined ? undefined : picture(logo)),
    imprint: () => words(imprint, 100_000),
    privacy: () => words(privacy, 100_000),
  });
  return value;
}

function words(value: unknown, most: number): string {
  if (typeof value !== "string" || value.trim() === "" || value.length > most)
    throw invalid(`a text of 1 to ${most} characters`, typeof value === "string" ? value.length : value, "write one");
  return value;
}

/** Elements and attributes of an SVG that run something or bring something in. */
const active =
  /<(?:[\w-]+:)?(?:script|foreignobject|iframe|image|use|a|style)\b|\bon[a-z]+\s*=|(?:href|src)\s*=|<!|<\?(?!xml)|url\(/i;

/** A picture is part of the site: opened by its address, whatever runs in it runs as the site. */
function picture(value: unknown): string {
  if (typeof value !== "string" || !/^\s*(?:<\?xml[^>]*\?>\s*)?<svg\b[^]*<\/svg>\s*$/.test(value))
    throw invalid("an SVG as text", typeof value, "give the file's content");
  if (value.length > 200_000) throw invalid("at most 200000 characters", value.length, "simplify the picture");
  const found = active.exec(value);
  if (found !== null)
    throw invalid(
      "a picture of shapes and texts only",
      found[0],
      "remove scripts, styles, links and whatever is loaded from elsewhere",
    );
  return value;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const page = (name: string, title: string, text: string): string => `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)} · ${escaped(name)}</title>
</head>
<body style="font-family: sans-serif; line-height: 1.5; margin: 2em auto; max-width: 42em; padding: 0 1em">
<h1>${escaped(title)}</h1>
${text
  .trim()
  .split(/\n\s*\n/)
  .map((paragraph) => `<p>${escaped(paragraph.trim())}</p>`)
  .join("\n")}
<p><a href="/">${escaped(name)}</a></p>
</body>
</html>
`;

/** Contents of the page that are not upstream's: a branding, captions, both or neither. */
interface Shown {
  readonly domain: string;
  readonly branding: Branding | undefined;
  /** Anything, where there are captions. */
  readonly captions?: string | undefined;
}

/** The page of the client asks for it as JSON; `legalUrls` and the names are settings of the client, see web.ts. */
const data = ({ domain, branding, captions }: Shown): string =>
  `${JSON.stringify(
    {
      defaultBranding: false,
      logoClickUrl: `https://${domain}/`,
      // Without a branding, the logo that the image has.
      logoImageUrl:
        branding === undefined ? "images/watermark.svg" : branding.logo === undefined ? "" : brandingPaths.logo,
      inviteDomain: domain,
      supportUrl: branding === undefined ? `https://${domain}/` : brandingPaths.imprint,
      didPageUrl: "",
      avatarBackgrounds: [],
      backgroundColor: "",
      backgroundImageUrl: "",
      premeetingBackground: "",
      virtualBackgrounds: [],
      labels: captions === undefined ? null : captionsLabels,
    },
    undefined,
    2,
  )}\n`;

/** Links on the welcome page: what the client shows there is the content of this element. */
const welcome = `<template id="welcome-page-additional-content-template">
<p><a href="${brandingPaths.imprint}">Imprint</a> · <a href="${brandingPaths.privacy}">Privacy</a></p>
</template>
`;

/** The files that the web servers serve. */
export function brandingMounts(domain: string, branding: Branding | undefined, captions?: string): readonly Mount[] {
  const shown = { domain, branding, captions };
  if (!shows(shown)) return [];
  return [{ name: "branding", path: "/branding", files: { "branding.json": data(shown), ...pages(branding) } }];
}

const shows = ({ branding, captions }: Shown): boolean => branding !== undefined || captions !== undefined;

const pages = (branding: Branding | undefined): Readonly<Record<string, string>> =>
  branding === undefined
    ? {}
    : {
        ...(branding.logo === undefined ? {} : { "logo.svg": branding.logo }),
        "imprint.html": page(branding.name, "Imprint", branding.legal.imprint),
        "privacy.html": page(branding.name, "Privacy", branding.legal.privacy),
        "welcome.html": welcome,
      };

/** Additions to the web server. */
export const brandingLocations = (shown: Shown): string =>
  shows(shown)
    ? `
location ^~ /branding/ {
    root /;
}
${shown.branding === undefined ? "" : welcomeLocation}`
    : "";

const welcomeLocation = `
location = /static/welcomePageAdditionalContent.html {
    alias /branding/welcome.html;
}
`;

/** Settings of the client. */
export const brandingConfig = (shown: Shown): Readonly<Record<string, unknown>> => ({
  ...(shows(shown) ? { dynamicBrandingUrl: brandingPaths.data } : {}),
  ...(shown.branding === undefined
    ? {}
    : {
        legalUrls: {
          helpCentre: `https://${shown.domain}/`,
          privacy: `https://${shown.domain}${brandingPaths.privacy}`,
          security: `https://${shown.domain}/`,
          terms: `https://${shown.domain}${brandingPaths.imprint}`,
        },
      }),
});

/** Settings of the page. */
export const brandingInterface = (branding: Branding | undefined): Readonly<Record<string, unknown>> =>
  branding === undefined
    ? {}
    : {
        APP_NAME: branding.name,
        NATIVE_APP_NAME: branding.name,
        PROVIDER_NAME: branding.name,
        DISPLAY_WELCOME_PAGE_CONTENT: true,
      };
