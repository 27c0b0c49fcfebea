/** Environment of an api whose clients send from one address as few callers, as those of tests and benchmarks do. */
export const HIGH_RATE_LIMITS = {
  RATE_LIMIT_ADDRESS: '100000000',
  RATE_LIMIT_CALLER: '100000000',
  RATE_LIMIT_CUSTOMER: '100000000',
  RATE_LIMIT_COSTLY: '100000000',
};
