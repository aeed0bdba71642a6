import { GivenResources } from "../../policies/given";

const given = (name: string) => ({ type: "a:b:C", name, urn: `urn:pulumi:s::p::a:b:C::${name}`, props: { a: name } });

describe("Resources as the first policy has read them", () => {
  test("the next policies get the same one", () => {
    const resources = new GivenResources();
    const subject = resources.read(given("a"));
    expect(resources.subject(given("a"))).toBe(subject);
    expect(subject.properties["a"]).toBe("a");
  });

  test("one of another type under the same name is read for itself", () => {
    const resources = new GivenResources();
    resources.read(given("a"));
    expect(resources.subject({ ...given("a"), type: "a:b:D" }).type).toBe("a:b:D");
  });

  test("a thousand are kept, and the one that was read longest ago is read again", () => {
    const resources = new GivenResources();
    const first = resources.read(given("first"));
    const second = resources.read(given("second"));
    for (let i = 0; i < 998; i++) resources.read(given(`r${i}`));
    expect(resources.subject(given("first"))).toBe(first);
    resources.read(given("one more"));
    expect(resources.subject(given("first"))).not.toBe(first);
    expect(resources.subject(given("second"))).toBe(second);
  });

  test("one that is read once more is the youngest", () => {
    const resources = new GivenResources();
    resources.read(given("first"));
    const second = resources.read(given("second"));
    for (let i = 0; i < 998; i++) resources.read(given(`r${i}`));
    const again = resources.read(given("first"));
    resources.read(given("one more"));
    expect(resources.subject(given("first"))).toBe(again);
    expect(resources.subject(given("second"))).not.toBe(second);
  });
});
