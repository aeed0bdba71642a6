import { keepsTheContract } from "./life";

describe("the contract on hetzner", () => keepsTheContract("hetzner"));
