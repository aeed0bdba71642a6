import { readBranding } from "../../../../components/services/jitsi/branding";
import { jitsi } from "./support";

const legal = { imprint: "The staff.", privacy: "Nothing is kept." };
const svg = (inside: string): string => `<svg xmlns="http://www.w3.org/2000/svg">${inside}</svg>`;
const branded = (logo: string) => readBranding({ name: "Crisis staff", logo, legal });

describe("a branding", () => {
  test("may have a picture of shapes and texts", () => {
    expect(branded(svg('<title>online</title><path d="M0 0h9" fill="#c00"/>'))?.logo).toContain("<path");
    expect(readBranding(undefined)).toBeUndefined();
  });

  test.each([
    ["a script", svg("<script>fetch('/')</script>")],
    ["a script behind another name space", svg('<svg:script xmlns:svg="http://www.w3.org/2000/svg">1</svg:script>')],
    ["a handler", svg('<rect onload="fetch(1)"/>')],
    ["a link", svg('<a xlink:href="https://elsewhere.example.com">x</a>')],
    ["a picture from elsewhere", svg('<image href="https://elsewhere.example.com/x.png"/>')],
    ["a style that loads", svg('<rect fill="url(https://elsewhere.example.com/x)"/>')],
    ["an entity", `<!DOCTYPE svg [<!ENTITY x "y">]>${svg("&x;")}`],
    ["a page in it", svg("<foreignObject><p>x</p></foreignObject>")],
    ["no picture", "<p>x</p>"],
  ])("is refused with %s as its logo", (_, logo) => {
    expect(() => branded(logo)).toThrow(/logo: expected (a picture of shapes and texts only|an SVG as text)/);
  });

  test("is refused with a name that would end the script in which it stands", () => {
    expect(() => readBranding({ name: "</script><script>x", legal })).toThrow(/name: expected a name without < and >/);
  });

  test("is refused with every fault at once, in the component as well", async () => {
    await expect(jitsi({ branding: { name: "", legal: { imprint: "" } } })).rejects.toThrow(
      /branding: [^]*name: [^]*imprint: [^]*privacy: /,
    );
  });
});
