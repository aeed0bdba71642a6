import { keepsTheContract } from "./life";

describe("the contract on metal", () => keepsTheContract("metal"));
