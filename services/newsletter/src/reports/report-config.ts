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
  REPORTS_SMTP_CERT: z
    .string()
    .optional()
    .describe('the certificate, in PEM, by which mail servers may use STARTTLS there; none is offered without it'),
  REPORTS_SMTP_KEY: z.string().optional().describe('and its private key'),
  REPORTS_IMAP_URL: z
    .string()
    .optional()
    .describe('a mailbox in which what comes back is read: imaps://user:password@host/INBOX'),
  REPORTS_MAILDIR: z
    .string()
    .optional()
    .describe('a Maildir into which a mail server of yours delivers what comes back'),
  REPORTS_HOST: z.string().default('127.0.0.1').describe('where POST /reports/<provider> listens, for mail providers'),
  REPORTS_PORT: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('and on which port; nothing listens there when it is not set'),
  SES_TOPICS: z
    .string()
    .transform((text) => text.split(',').map((topic) => topic.trim()))
    .optional()
    .describe('topics of SNS by which Amazon SES tells what became of mails: their ARNs, separated by commas'),
  POSTMARK_LOGIN: z
    .string()
    .regex(/^[^:]+:.{16,}$/, 'it is user:password, and the password has at least 16 characters')
    .optional()
    .describe('user:password that the address of the webhook at Postmark holds'),
  MAILGUN_SIGNING_KEY: z.string().optional().describe('the key that Mailgun signs its webhooks with'),
  SENDGRID_VERIFICATION_KEY: z
    .string()
    .optional()
    .describe('the key that the event webhook of SendGrid is verified with'),
}

export type ReportConfig = z.infer<z.ZodObject<typeof reportConfig>>
