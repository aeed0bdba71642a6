import { ownerOf } from "../../../../components/services/minutes/worker/owners";

const people = ["Anna Meier", "Beat Roth", "Dr. Zoé Müller", "Beat Kunz", "Mario Keller", "Andreas Weber"];

test.each([
  ["the whole name", "Anna Meier", "Anna Meier"],
  ["a family name", "Roth", "Beat Roth"],
  ["without accents and title", "Zoe Muller", "Dr. Zoé Müller"],
  ["a title before a name", "Frau Meier", "Anna Meier"],
  ["one letter wrong", "Anna Meyer", "Anna Meier"],
  ["one letter left out", "Mller", "Dr. Zoé Müller"],
  ["a letter too many at the end of a family name", "Beat Rothe", "Beat Roth"],
  ["one letter wrong inside a given name", "Andreus Weber", "Andreas Weber"],
])("%s is a participant", (_, said, owner) => {
  expect(ownerOf(said, people)).toBe(owner);
});

test.each([
  ["nothing", ""],
  ["a first name that two have", "Beat"],
  ["somebody who was not there", "Carla Weber"],
  ["a short name with a wrong letter", "Rot"],
  ["what a machine hears in place of a name", "and the"],
  ["everybody", "all of us"],
  ["somebody whose given name has another end", "Maria Keller"],
  ["a given name with another end, alone", "Maria"],
  ["a given name with one letter less at its end", "Andrea Weber"],
])("%s is nobody", (_, said) => {
  expect(ownerOf(said, people)).toBeUndefined();
});
