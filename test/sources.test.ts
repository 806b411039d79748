/** Each page of a rule on leakage or on the ledger cites a published source, with author, title, venue and year as docs/sources.md has them. */
import { pages } from 'cupel:pages';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leakageRules } from '../language/rules/leakage/list.ts';
import { rulesOnData } from '../language/rules/leakage/onData.ts';
import { ledgerRules } from '../language/rules/ledger/list.ts';
import { parsePage } from '../language/rules/page.ts';

const read = (name: string): string => readFileSync(join(import.meta.dirname, '../docs', name), 'utf8');

interface Source {
  readonly author: string;
  readonly title: string;
  readonly venue: string;
  readonly year: string;
}

const row =
  /^\| (?<authors>[^"]+)\. "(?:\[(?<linked>[^\]]+)\]\(https:\/\/\S+\)|(?<bare>[^"\]]+))"\. \*(?<venue>[^*]+)\*(?<where>, [^|]+)?, (?<year>\d{4})\. \| (?<compared>.+) \|$/;

const lines = read('sources.md')
  .split('\n')
  .filter(line => /^\| (?!source |---)/.test(line) && !line.startsWith('|---'));

/** The first author's surname: what follows the initials. */
const surname = (authors: string): string => (authors.split(',')[0] ?? '').replace(/ and others$/, '').replace(/^(?:\S+\. )+/, '');

const sources: readonly Source[] = lines.flatMap(line => {
  const { authors = '', linked, bare, venue = '', year = '' } = row.exec(line)?.groups ?? {};
  return authors === '' ? [] : [{ author: surname(authors), title: linked ?? bare ?? '', venue, year }];
});

/** `Author and others, "Title" (Venue, year)`, where a venue may have numbers in brackets. */
const citation = /(?<authors>[^".;:]+(?:et al\.)?), "(?<title>[^"]+)" \((?<venue>(?:[^()]|\([^()]*\))+), (?<year>\d{4})\)/gu;

const cited = (text: string) => [...text.matchAll(citation)].map(({ groups }) => groups ?? {});

/** A page may leave out what follows the colon of a title, and name a chapter after the venue. */
const isOf = ({ author, title, venue, year }: Source, of: Partial<Record<string, string>>): boolean =>
  (of['title'] === title || title.startsWith(`${of['title']}:`)) &&
  of['year'] === year &&
  (of['venue'] === venue || of['venue']?.replace(/, (?:chapter|section) [\d.]+$/, '') === venue) &&
  of['authors']?.includes(author) === true;

const rules = [...leakageRules, ...rulesOnData, ...ledgerRules];
const why = (rule: string): string => parsePage(pages[rule] ?? '').sections['Why'] ?? '';

describe('sources of the rules', () => {
  it('are listed with an address, an ISBN or pages, and with what they were compared with', () => {
    expect(lines.length).toBeGreaterThan(30);
    expect(lines.filter(line => !row.test(line))).toEqual([]);
    expect(lines.filter(line => !/\]\(https:|ISBN [\d-]{17}|pages \d+–\d+/.test(line))).toEqual([]);
  });

  it.each(rules.map(({ name }) => name))('%s cites one', name => {
    const found = cited(why(name));
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(one => !sources.some(source => isOf(source, one)))).toEqual([]);
    expect((why(name).match(/\b(?:19|20)\d{2}\)/g) ?? []).length, 'a year in brackets belongs to a citation').toBe(found.length);
  });

  it('are each cited by a page', () => {
    const all = rules.flatMap(({ name }) => cited(why(name)));
    expect(sources.filter(source => !all.some(one => isOf(source, one))).map(({ title }) => title)).toEqual([]);
  });
});
