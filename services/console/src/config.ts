import {z} from 'zod'

/** The environment of console; `.env.example` shows each variable. */
export const consoleConfig = {
  DATABASE_URL: z.string().describe('where the ledger is: sqlite:///absolute/path/ledger.db'),
  CONSOLE_HOST: z.string().default('127.0.0.1').describe('where the console listens'),
  CONSOLE_PORT: z.coerce.number().int().min(0).max(65_535).default(4106).describe('and on which port'),
  CONSOLE_TOKEN: z
    .string()
    .min(16)
    .optional()
    .describe('asked of whoever opens the console; needed where it listens elsewhere than on loopback'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('least level that is logged'),
}
