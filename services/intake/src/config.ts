import {z} from 'zod'

/** The environment of intake; `.env.example` shows each variable. */
export const intakeConfig = {
  DATABASE_URL: z.string().describe('where the ledger is: sqlite:///absolute/path/ledger.db'),
  NATS_URL: z.string().describe('where NATS with JetStream is: nats://host:4222'),
  OBJECTS_URL: z.string().describe('where the site goes: file:///absolute/path or s3://bucket/prefix?endpoint=…'),
  MIRRORS_DIR: z.string().describe('folder of the bare mirrors, one per site; intake alone uses it'),
  INTAKE_HOST: z.string().default('127.0.0.1').describe('where POST /push/<site>, /healthz and /readyz listen'),
  INTAKE_PORT: z.coerce.number().int().min(0).max(65_535).default(4101).describe('and on which port'),
  INTAKE_HOOKS_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('where POST /hooks/<site> listens, for webhooks of forges'),
  INTAKE_HOOKS_PORT: z.coerce.number().int().min(0).max(65_535).default(4110).describe('and on which port'),
  INTAKE_POLL_MS: z.coerce
    .number()
    .int()
    .min(500)
    .default(30_000)
    .describe('how often each remote is asked for commits that no hook told of, in milliseconds'),
  SITE: z.string().optional().describe('a site to add at start: its name, a-z, 0-9 and dashes'),
  SITE_REMOTE: z.string().optional().describe('its repository: https, ssh, file or a path'),
  SITE_BRANCH: z.string().default('main').describe('its branch'),
  SITE_URL: z.url().optional().describe('where readers find it'),
  AUDIENCE_URL: z.url().optional().describe('where its forms and unsubscribe links lead'),
  CONSOLE_URL: z
    .url()
    .optional()
    .describe(
      'where authors reach the console: the answer to a push and commit statuses lead to the page of the push there',
    ),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('least level that is logged'),
}
