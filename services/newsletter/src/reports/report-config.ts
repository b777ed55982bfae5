import {z} from 'zod'

/** What newsletter's environment says about mail that comes back; `.env.example` shows each variable. */
export const reportConfig = {
  RETURN_PATH: z
    .string()
    .optional()
    .describe(
      'the addresses that mails come back to: bounces+*@example.org, with a * where each is told from the others',
    ),
  COMPLAINTS_ADDRESS: z
    .string()
    .optional()
    .describe('an address that providers send complaints to, taken on REPORTS_SMTP_PORT too'),
  REPORTS_SMTP_HOST: z.string().default('127.0.0.1').describe('where mail servers hand over what comes back'),
  REPORTS_SMTP_PORT: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('and on which port; nothing listens when it is not set'),
}

export type ReportConfig = z.infer<z.ZodObject<typeof reportConfig>>
