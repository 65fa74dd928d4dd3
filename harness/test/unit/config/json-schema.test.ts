import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { configJsonSchema } from '../../../config/json-schema.js';

const published = 'docs/matrix.config.schema.json';

// `npm run schema` writes it again.
it('is published as it is', async () => {
  const text = JSON.stringify(configJsonSchema());
  const formatted = await format(text, { ...(await resolveConfig(published)), parser: 'json' });
  await expect(formatted).toMatchFileSnapshot(`../../../../${published}`);
});

it('asks for three fields of a subject, and knows them all', () => {
  const schema = configJsonSchema() as {
    properties: { subject: { required: string[]; additionalProperties: boolean; properties: object } };
  };
  const { subject } = schema.properties;
  expect(subject.required).toEqual(['name', 'object', 'binary']);
  expect(subject.additionalProperties).toBe(false);
  expect(Object.keys(subject.properties)).toContain('takeover');
});
