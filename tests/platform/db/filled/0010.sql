-- An installation as it may be found with schema 0010: every kind of row in every state it can be in.
-- Read by tests/db/test_filled.py after the migrations up to 0010. Ids are made of words: md5('…')::uuid.

CREATE TEMPORARY TABLE me AS SELECT '00000000-0000-0000-0000-000000000001'::uuid AS id;

INSERT INTO projects (id, owner_id, name) SELECT md5('winter')::uuid, id, 'Winter' FROM me;

-- Jobs: every kind in every state, ended ones at different times; shots and takes of each.
INSERT INTO jobs (id, owner_id, project_id, name, kind, session_id, source_video_id, status, provider, model, outputs,
                  settings, take_price, budget, route_reason, priority, pause_reason, paused_by, image_count,
                  prompt_count, upload, created_at, started_at, ended_at)
SELECT md5('job ' || kind || ' ' || status)::uuid, me.id, CASE WHEN kind = 'batch' THEN md5('winter')::uuid END,
       kind || ' ' || status, kind, CASE WHEN kind <> 'batch' THEN 'session ' || nth END,
       CASE WHEN kind = 'openai' THEN md5('gone')::uuid END, status,
       CASE WHEN status = 'paused' THEN 'fal' ELSE 'omni' END, 'model-1', 2,
       jsonb_build_object(
           'provider', CASE WHEN status = 'paused' THEN 'fal' ELSE 'omni' END, 'model', 'model-1', 'outputs', 2,
           'negative_prompt', NULL, 'seed', 7, 'allow_text_only', true, 'project_id', NULL, 'when_down', 'fallback',
           'options', jsonb_build_object('aspect_ratio', '9:16', 'resolution', '720p', 'duration_seconds', 4 + nth))
       || CASE WHEN status = 'paused'
          THEN '{"earlier": {"omni": {"aspect_ratio": "9:16", "resolution": "360p", "duration_seconds": 10}}}'::jsonb
          ELSE '{}' END,
       CASE WHEN status <> 'pending' THEN 0.1 * nth END, CASE WHEN nth = 2 THEN 12.5 END, 'You chose it.', 0,
       CASE WHEN status = 'paused' THEN 'The disk is full.' END, CASE WHEN status = 'paused' THEN 'storage' END, 1, 2,
       '{"uploaded": true, "warnings": []}', now() - interval '30 days',
       CASE WHEN status <> 'pending' THEN now() - interval '29 days' END,
       CASE WHEN status IN ('completed', 'failed', 'cancelled') THEN now() - nth * interval '13 hours' END
FROM me, unnest(ARRAY['batch', 'studio', 'openai']) AS kind,
     unnest(ARRAY['pending', 'processing', 'paused', 'completed', 'failed', 'cancelled']) WITH ORDINALITY AS s (status, nth);

INSERT INTO shots (id, owner_id, job_id, number, prompt, negative_prompt, image_filename, image_key, seed)
SELECT md5(j.id || ' shot ' || number)::uuid, j.owner_id, j.id, number, 'A fox, ' || number, 'text',
       CASE WHEN number = 1 THEN 'fox.jpg' END, CASE WHEN number = 1 THEN 'jobs/' || j.id || '/images/fox.jpg' END, 42
FROM jobs j, generate_series(1, 2) AS number;

INSERT INTO shot_inputs (shot_id, owner_id, last_image_key, reference_keys, source_submission_id, credential_id, extend)
SELECT id, owner_id, 'jobs/' || job_id || '/images/last.jpg', ARRAY['jobs/' || job_id || '/images/look.jpg'],
       md5('submission completed 3 billed')::uuid, md5('key omni work')::uuid, false
FROM shots WHERE number = 2;

-- Takes: all states, and whom those that wait are waiting for; deleted ones, selected ones, upscaled ones.
INSERT INTO videos (id, owner_id, job_id, shot_id, position, prompt_number, video_index, status, waiting_for, error_type,
                    error_message, retry_count, retry_at, progress, prompt_text, negative_prompt, image_filename,
                    image_key, seed, provider, model, cost, selected, rating, deleted_at, downloaded_at, upscaled,
                    video_key, thumbnail_key, duration_seconds, width, height, size_bytes, sha256, created_at,
                    generation_started_at, generation_completed_at)
SELECT md5(s.id || ' take ' || nth)::uuid, s.owner_id, s.job_id, s.id, s.number * 20 + nth, s.number, nth, state,
       waits, CASE WHEN state IN ('failed', 'waiting') THEN 'auth' END,
       CASE WHEN state IN ('failed', 'waiting') THEN 'Sign in.' END, 1,
       CASE WHEN state = 'queued' THEN now() END, CASE WHEN state = 'generating' THEN 0.5 END, s.prompt,
       s.negative_prompt, s.image_filename, s.image_key, 42 + nth,
       -- of a job that has gone on with another provider, what came of the first one stays
       CASE WHEN j.status = 'paused' AND nth < 4 THEN 'omni' ELSE j.provider END, 'model-1',
       CASE WHEN state = 'completed' THEN 0.333333 END, state = 'completed' AND nth = 1, 3,
       CASE WHEN nth = 9 THEN now() END, CASE WHEN nth = 1 THEN now() END, nth = 1,
       CASE WHEN state = 'completed' THEN 'jobs/' || s.job_id || '/videos/' || s.id || nth || '.mp4' END,
       CASE WHEN state = 'completed' THEN 'jobs/' || s.job_id || '/thumbnails/' || s.id || nth || '.jpg' END,
       CASE WHEN state = 'completed' THEN 4.0 END, 720, 1280, 123456, repeat('a', 64), now() - interval '28 days',
       now() - interval '28 days', CASE WHEN state = 'completed' THEN now() - interval '27 days' END
FROM shots s JOIN jobs j ON j.id = s.job_id AND j.status <> 'pending',
     (VALUES (1, 'completed', NULL), (2, 'completed', NULL), (3, 'completed', NULL), (4, 'queued', NULL),
             (5, 'generating', NULL), (6, 'waiting', 'person'), (7, 'waiting', 'budget'), (8, 'waiting', 'provider'),
             (9, 'waiting', 'uncertain'), (10, 'failed', NULL), (11, 'cancelled', NULL))
     AS t (nth, state, waits);

-- Keys and Flow sign-ins in every state; a deleted one keeps its name.
INSERT INTO credentials (id, owner_id, provider, kind, name, last_four, secret, fields, origin, state, state_reason,
                         resting_until, resting_for, last_limited_at, last_used_at, spaced_until, last_checked_at,
                         concurrency, spacing_seconds, held_by, held_until, signed_in_at, renewed_at, source_sha256,
                         credits_left)
SELECT md5('key ' || provider || ' ' || name)::uuid, me.id, provider,
       CASE WHEN provider = 'flow' THEN 'flow_account' ELSE 'key' END, name, '0000',
       CASE WHEN state = 'deleted' THEN '' ELSE 'sealed ' || provider || ' ' || name END,
       CASE provider WHEN 'flow' THEN '{"email": "fox@example.com"}'::jsonb
                     WHEN 'veo' THEN '{"project": "winter"}'::jsonb ELSE '{}' END, origin, state, 'why',
       now() + interval '1 hour', 'quota', now(), now(), now(), now(), 2, 1.5,
       CASE WHEN provider = 'flow' THEN 'worker-1' END, CASE WHEN provider = 'flow' THEN now() END,
       CASE WHEN provider = 'flow' THEN now() END, CASE WHEN provider = 'flow' THEN now() END,
       CASE WHEN origin = 'environment' THEN repeat('b', 64) END, CASE WHEN provider = 'flow' THEN 120 END
FROM me, (VALUES ('omni', 'work', 'user', 'ready'), ('omni', 'home', 'user', 'disabled'),
                 ('omni', 'from the environment', 'environment', 'invalid'), ('veo', 'work', 'user', 'ready'),
                 ('veo', 'same as omni work', 'user', 'needs_person'), ('fal', 'work', 'user', 'ready'),
                 ('compatible', 'server', 'user', 'ready'), ('omni', 'old', 'user', 'deleted'),
                 ('flow', 'fox', 'user', 'ready'), ('flow', 'hare', 'environment', 'needs_auth'),
                 ('flow', 'owl', 'user', 'needs_person'), ('flow', 'old', 'user', 'deleted'))
         AS c (provider, name, origin, state);
INSERT INTO budgets (owner_id, day, month) SELECT id, 10, 100.5 FROM me;

-- The ledger: every state, with and without a bill, sent and not, of takes that are there, that are gone (the
-- job of the second half has been deleted), and of several at once; days, keys and providers differ.
INSERT INTO submissions (id, owner_id, job_id, shot_id, video_ids, attempt, provider, model, credential_id, state, worker,
                         remote_id, request_hash, cost_estimate, cost, faults, error, claimed_at, submitted_at, ended_at)
SELECT md5('submission ' || state || ' ' || takes || ' ' || bill)::uuid, me.id,
       CASE WHEN half = 0 THEN s.job_id ELSE md5('deleted job')::uuid END,
       CASE WHEN half = 0 THEN s.id ELSE md5('deleted shot')::uuid END,
       CASE WHEN half = 0
            THEN (SELECT array_agg(id ORDER BY position) FROM videos WHERE shot_id = s.id AND video_index <= takes)
            ELSE (SELECT array_agg(md5('deleted take ' || n)::uuid) FROM generate_series(1, takes) AS n) END,
       1, CASE WHEN takes = 1 THEN 'fal' ELSE 'omni' END, 'model-1',
       CASE takes WHEN 1 THEN md5('key fal work')::uuid WHEN 2 THEN md5('key omni old')::uuid
                  WHEN 3 THEN md5('key omni work')::uuid END,
       state, 'worker-1', CASE WHEN state NOT IN ('claimed', 'submitting', 'released') THEN 'remote ' || takes END,
       md5(state), 0.123457 * takes, CASE WHEN bill = 'billed' THEN 0.1 * takes END, 0, 'note',
       now() - (takes - 1) * interval '20 hours', CASE WHEN state <> 'claimed' AND takes <> 2 THEN now() END,
       CASE WHEN state NOT IN ('claimed', 'submitting', 'submitted') THEN now() END
FROM me CROSS JOIN unnest(ARRAY['claimed', 'submitting', 'submitted', 'completed', 'failed', 'released', 'uncertain',
                     'cancelled']) WITH ORDINALITY AS st (state, nth)
CROSS JOIN generate_series(1, 3) AS takes CROSS JOIN (VALUES ('billed', 0), ('not billed', 1)) AS b (bill, billed)
CROSS JOIN LATERAL (SELECT (nth + takes + billed) % 2 AS half) h
JOIN shots s ON s.job_id = md5('job batch ' || (ARRAY['processing', 'paused', 'completed'])[takes])::uuid AND s.number = 1
WHERE NOT (state = 'released' AND bill = 'billed');

UPDATE videos SET submission_id = s.id FROM submissions s
WHERE videos.id = ANY(s.video_ids) AND (s.state = 'completed' AND videos.status = 'completed'
      OR s.state = 'uncertain' AND videos.waiting_for = 'uncertain');

-- Stored bytes, their copies in archives in every state, sums, links.
INSERT INTO assets (key, owner_id, job_id, media_type, sha256, size_bytes)
SELECT video_key, owner_id, job_id, 'video/mp4', repeat('a', 64), 123456 FROM videos WHERE video_key IS NOT NULL
UNION ALL SELECT thumbnail_key, owner_id, job_id, 'image/jpeg', repeat('c', 64), 1234 FROM videos
WHERE thumbnail_key IS NOT NULL
UNION ALL SELECT image_key, owner_id, job_id, 'image/jpeg', repeat('d', 64), 999 FROM shots WHERE image_key IS NOT NULL;
INSERT INTO copies (key, place, owner_id, state, sha256, size_bytes, ids, verified_at, held_until, faults, retry_at, error)
SELECT key, place, owner_id, state, sha256, size_bytes, '{"message": 7}',
       CASE WHEN state = 'verified' THEN now() END, now(), 1, CASE WHEN state = 'storing' THEN now() END, 'note'
FROM assets, (VALUES ('telegram', 'storing'), ('archive-1', 'verified'), ('folder', 'hot'), ('folder-2', 'gone'))
     AS c (place, state)
WHERE media_type = 'video/mp4';
INSERT INTO asset_sums (key, owner_id, sha256, crc32) SELECT key, owner_id, sha256, 4294967295 FROM assets;
INSERT INTO download_links (id, owner_id, wanted, expires_at)
SELECT md5('link')::uuid, id, '{"video_ids": [], "folder_name": "Winter"}', now() + interval '1 day' FROM me;
COMMENT ON INDEX copies_to_make IS 'installation 6f9619ff-8b86-d011-b42d-00c04fc964ff 0 7';

-- Upscales in every state, a finished one and a running one of one video, and who asked for them.
INSERT INTO upscale_tasks (id, owner_id, quality, codec, enhance, hardware, cancelled_at)
SELECT md5('task ' || codec)::uuid, me.id, 'balanced', codec, codec = 'av1', false, CASE WHEN codec = 'h265' THEN now() END
FROM me, unnest(ARRAY['h264', 'h265', 'av1']) AS codec;
INSERT INTO upscales (id, owner_id, video_id, job_id, quality, codec, enhance, hardware, status, progress, error, worker,
                      current, key, width, height, size_bytes, sha256, started_at, ended_at)
SELECT md5('upscale ' || state || ' ' || v.id)::uuid, v.owner_id, v.id, v.job_id, 'balanced', 'h264', false, false, state,
       CASE WHEN state = 'running' THEN 0.4 ELSE 0 END, CASE WHEN state = 'failed' THEN 'It was damaged.' END,
       CASE WHEN state = 'running' THEN 'worker-1' END, state = 'completed',
       CASE WHEN state = 'completed' THEN 'jobs/' || v.job_id || '/upscales/' || v.id || '.mp4' END, 2160, 3840, 999999,
       repeat('e', 64), CASE WHEN state <> 'queued' THEN now() END,
       CASE WHEN state IN ('completed', 'failed', 'cancelled') THEN now() END
FROM videos v, (VALUES (1, 'completed'), (1, 'running'), (2, 'queued'), (2, 'failed'), (3, 'cancelled')) AS u (nth, state)
WHERE v.video_index = nth AND v.status = 'completed';
INSERT INTO upscale_task_videos (task_id, upscale_id, owner_id, position)
SELECT t.id, u.id, u.owner_id, row_number() OVER (PARTITION BY t.id ORDER BY u.id)
FROM upscale_tasks t, upscales u;

-- What was told, and what waits in the queue.
INSERT INTO events (owner_id, job_id, video_id, type, data)
SELECT v.owner_id, v.job_id, v.id, 'video', jsonb_build_object('status', v.status) FROM videos v
UNION ALL SELECT owner_id, id, NULL, 'job', jsonb_build_object('status', status) FROM jobs
UNION ALL SELECT owner_id, NULL, NULL, 'credential', jsonb_build_object('name', name) FROM credentials;
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, status)
SELECT provider, 'rushes:make_videos', 'submission:' || id, jsonb_build_object('submission_id', id), 'todo'
FROM submissions WHERE state IN ('claimed', 'submitting', 'submitted');
