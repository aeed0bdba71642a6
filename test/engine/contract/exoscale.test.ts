import { keepsTheContract } from "./life";

describe("the contract on exoscale", () => keepsTheContract("exoscale"));
