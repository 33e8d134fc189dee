// Tests of components say that they need a page; all others run without one.
module.exports = {
  testEnvironment: "node",
  testEnvironmentOptions: { url: "https://jest.test" },
  testMatch: ["<rootDir>/unit/**/*.test.js"],
  maxWorkers: 1,
};
