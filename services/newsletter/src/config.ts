import {z} from 'zod'
import {reportConfig} from './reports/report-config.ts'

/** The environment of newsletter; `.env.example` shows each variable. */
export const newsletterConfig = {
  DATABASE_URL: z.string().describe('where the ledger is: sqlite:///absolute/path/ledger.db'),
  NATS_URL: z.string().describe('where NATS with JetStream is: nats://host:4222'),
  REDIS_URL: z.string().describe('where Redis is: redis://host:6379'),
  SMTP_URL: z.string().describe('where mail is submitted: smtp://user:password@host:587'),
  MAIL_FROM: z.string().describe('who mails are from where a site does not say: an address, or `Name <address>`'),
  MAIL_FROM_DOMAINS: z
    .string()
    .optional()
    .describe('domains that sites may write from, separated by commas; any when it is not set'),
  TOKEN_KEYS: z
    .string()
    .describe('what links in mails are signed with: `id:base64`, newest first, separated by commas'),
  ...reportConfig,
  SMTP_CONNECTIONS: z.coerce.number().int().min(1).max(100).default(5).describe('connections to the mail server'),
  NEWSLETTER_HOST: z.string().default('127.0.0.1').describe('where /healthz and /readyz listen'),
  NEWSLETTER_PORT: z.coerce.number().int().min(0).max(65_535).default(4104).describe('and on which port'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('least level that is logged'),
}
