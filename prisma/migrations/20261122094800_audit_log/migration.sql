-- CreateTable
CREATE TABLE "AuditEntry" (
    "id" UUID NOT NULL,
    "at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "endedAt" TIMESTAMP(3),
    "personId" UUID,
    "who" TEXT NOT NULL,
    "by" TEXT,
    "action" TEXT NOT NULL,
    "teamId" UUID,
    "appId" UUID,
    "object" TEXT NOT NULL,
    "door" TEXT NOT NULL,
    "address" TEXT,
    "userAgent" TEXT,
    "before" JSONB,
    "after" JSONB,
    "outcome" TEXT NOT NULL DEFAULT 'begun',
    "error" TEXT,

    CONSTRAINT "AuditEntry_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "AuditEntry_teamId_at_idx" ON "AuditEntry"("teamId", "at");

-- CreateIndex
CREATE INDEX "AuditEntry_personId_at_idx" ON "AuditEntry"("personId", "at");

-- CreateIndex
CREATE INDEX "AuditEntry_appId_at_idx" ON "AuditEntry"("appId", "at");

-- CreateIndex
CREATE INDEX "AuditEntry_at_idx" ON "AuditEntry"("at");


-- What was done stays written. An entry may end once; what it told before does not change. Old entries go by the daily
-- round, which says so for its own transaction (berth.forget_audit), and never within 30 days.
CREATE FUNCTION guard_audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD."outcome" = 'begun' AND NEW."outcome" IN ('done', 'refused', 'failed')
       AND (OLD."teamId" IS NULL OR OLD."teamId" = NEW."teamId")
       AND (OLD."appId" IS NULL OR OLD."appId" = NEW."appId")
       AND to_jsonb(NEW) - '{outcome,error,before,after,endedAt,teamId,appId,object}'::text[]
         = to_jsonb(OLD) - '{outcome,error,before,after,endedAt,teamId,appId,object}'::text[]
    THEN
      RETURN NEW;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF current_setting('berth.forget_audit', true) = 'on'
       AND OLD."at" < (now() AT TIME ZONE 'UTC') - interval '30 days'
    THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER audit_entry_is_kept BEFORE UPDATE OR DELETE ON "AuditEntry"
  FOR EACH ROW EXECUTE FUNCTION guard_audit_entry();

CREATE TRIGGER audit_log_is_kept BEFORE TRUNCATE ON "AuditEntry"
  FOR EACH STATEMENT EXECUTE FUNCTION guard_audit_entry();
