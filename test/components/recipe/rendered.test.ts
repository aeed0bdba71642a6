import { renderedPool } from "../../../components/recipe/rendered";

const host = (name: string, own: string, userData?: string) => ({
  name,
  userData,
  files: [
    { path: "/etc/same", content: "same" },
    { path: "/etc/own", content: own },
    ...(name === "a-2" ? [{ path: "/etc/alone", content: "same" }] : []),
  ],
});

test("what every host of a pool has is said once, what differs or is missing on one stays with the host", () => {
  expect(renderedPool([host("a-1", "1", "data"), host("a-2", "2")])).toEqual({
    renderedOnAll: { "/etc/same": "same" },
    rendered: {
      "a-1": { userData: "data", files: { "/etc/own": "1" } },
      "a-2": { files: { "/etc/own": "2", "/etc/alone": "same" } },
    },
  });
});

test("a single host has all its files by itself", () => {
  expect(renderedPool([host("a-1", "1")])).toEqual({
    renderedOnAll: {},
    rendered: { "a-1": { files: { "/etc/same": "same", "/etc/own": "1" } } },
  });
});

test("a pool without hosts has nothing", () => {
  expect(renderedPool([])).toEqual({ renderedOnAll: {}, rendered: {} });
});
