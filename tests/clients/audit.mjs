// GraphQL over HTTP, by the audit of npm graphql-http: all of it, what is only recommended too.
import { auditServer } from 'graphql-http';

const results = await auditServer({ url: `${process.argv[2]}/graphql` });
const failed = results.filter((result) => result.status !== 'ok');
for (const { id, name, reason } of failed) console.error(`${id} ${name}: ${reason}`);
console.log(`${results.length - failed.length} of ${results.length} audits`);
process.exit(failed.length ? 1 : 0);
