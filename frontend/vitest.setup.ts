// Run before each file of tests: they share a process, and each starts with the state of no other.
import { vi } from "vitest";

vi.resetModules();
