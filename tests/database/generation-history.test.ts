import { generationHistoryContract } from '../contracts/generation-history.contract.ts';
import { historyOverSql } from '../support/open-history.ts';

generationHistoryContract('rows in PostgreSQL', historyOverSql());
