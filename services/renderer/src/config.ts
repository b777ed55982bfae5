import {z} from 'zod'

/** The environment of renderer; `.env.example` shows each variable. */
export const rendererConfig = {
  DATABASE_URL: z.string().describe('where the ledger is: sqlite:///absolute/path/ledger.db'),
  NATS_URL: z.string().describe('where NATS with JetStream is: nats://host:4222'),
  RENDERER_HOST: z.string().default('127.0.0.1').describe('where /healthz and /readyz listen'),
  RENDERER_PORT: z.coerce.number().int().min(0).max(65_535).default(4102).describe('and on which port'),
  RENDERER_PROCESSES: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(2)
    .describe('documents rendered at once, each in a process of its own'),
  RENDERER_BUDGET_MS: z.coerce
    .number()
    .int()
    .min(100)
    .default(5_000)
    .describe('the longest a document may take, in milliseconds'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('least level that is logged'),
}
