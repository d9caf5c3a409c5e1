package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"jieda/content"
	"jieda/content/sample"
	"jieda/index"
	"jieda/index/local"
	"jieda/index/semantic"
)

// A site is one content folder with its index, put together from the settings.
type site struct {
	folder fs.FS
	dir    string // of the folder on disk, empty for the built-in sample
	data   string
	engine index.Engine
	// Semantic is nil when it is off.
	semantic *semantic.Embedder
	index    *index.Index
	keeper   *index.Keeper
}

// openSite opens everything between the settings and a question. Nothing is read or built yet: see
// [index.Keeper.Start]. The caller closes the site; until then no other process can open the same data folder.
func (p *program) openSite(cfg *configuration, log *slog.Logger, progress func(index.Progress)) (*site, error) {
	folder, err := p.openContent(cfg.Content)
	if err != nil {
		return nil, err
	}
	if err := p.checkApart(cfg.Content, cfg.Data); err != nil {
		return nil, err
	}
	data, err := p.dataFolder(cfg)
	if err != nil {
		return nil, err
	}
	engine, err := local.Open(data)
	if errors.Is(err, local.ErrInUse) {
		return nil, p.errorf(text{
			"数据文件夹 %s 正被另一个 jieda 使用;先停掉那个进程,或用 --data 另选文件夹(搜索可直接访问正在运行的服务)",
			"the data folder %s is in use by another jieda: stop that one or choose another folder with --data (to search, ask the running one over HTTP)"}, data)
	}
	if err != nil {
		return nil, p.errorf(text{
			"打不开数据文件夹 %s:%w;请检查它的权限,或用 --data 另选一个可写的文件夹",
			"cannot open the data folder %s: %w; check its permissions, or choose another that can be written with --data"}, data, err)
	}
	embedder, err := p.openSemantic(cfg, filepath.Join(data, "embeddings"), log)
	if err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	x, err := index.New(index.Options{
		Engine: engine, DictDir: filepath.Join(data, "dict"), Logger: log, Gates: index.Gates(cfg.Decision),
		Semantic: embedder, HybridGates: hybridGates(cfg),
	})
	if err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	keeper := index.NewKeeper(x, folder, index.KeeperOptions{Logger: log, Progress: progress})
	return &site{folder: folder, dir: cfg.Content, data: data, engine: engine, semantic: embedder, index: x, keeper: keeper}, nil
}

// close gives the data folder free. It comes after everything that uses the site has returned.
func (s *site) close() error {
	err := s.index.Close()
	if s.semantic != nil {
		err = errors.Join(err, s.semantic.Close())
	}
	return errors.Join(err, s.engine.Close())
}

// openContent opens a content folder, the built-in sample when dir is empty.
func (p *program) openContent(dir string) (fs.FS, error) {
	if dir == "" {
		return sample.FS(), nil
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, p.usagef(text{"没有文件夹 %s;请检查路径", "there is no folder %s: check the path"}, dir)
	case err == nil && !info.IsDir():
		return nil, p.usagef(text{"%s 不是文件夹;请给出放文章的文件夹", "%s is not a folder: name the folder that holds the articles"}, dir)
	case err != nil:
		return nil, p.errorf(text{"打不开文件夹 %s:%w", "cannot open the folder %s: %w"}, dir, err)
	}
	folder, err := content.OpenDir(dir)
	if err != nil {
		return nil, p.errorf(text{"打不开文件夹 %s:%w", "cannot open the folder %s: %w"}, dir, err)
	}
	return folder, nil
}

// dataFolder returns where the index is kept and makes sure that it is there. Without a setting, every content folder
// has its own place, so that two of them neither wait for each other nor throw away each other's index; that of the
// sample, which can be made again at any time, is in the cache.
func (p *program) dataFolder(cfg *configuration) (string, error) {
	dir := cfg.Data
	if dir == "" {
		var err error
		if dir, err = p.defaultDataFolder(cfg.Content); err != nil {
			return "", err
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", p.errorf(text{
			"建不了数据文件夹 %s:%w;请用 --data 或 JIEDA_DATA 指定一个可写的文件夹",
			"cannot make the data folder %s: %w; name one that can be written with --data or JIEDA_DATA"}, dir, err)
	}
	return dir, nil
}

// checkApart refuses content and data folders of which one is the other or lies inside it: what is written to the one
// would be read as an article of the other. The default data folder is outside of this, below a hidden one.
func (p *program) checkApart(contentDir, dataDir string) error {
	if contentDir == "" || dataDir == "" {
		return nil
	}
	c, err := realPath(contentDir)
	if err != nil {
		return err
	}
	d, err := realPath(dataDir)
	if err != nil {
		return err
	}
	if !within(c, d) && !within(d, c) {
		return nil
	}
	return p.usagef(text{
		"文章文件夹 %s 和数据文件夹 %s 不能相同,也不能一个在另一个里面;请用 --data 另选一个文件夹",
		"the folder of articles, %s, and the data folder, %s, must not be the same or one inside the other: choose another with --data"},
		contentDir, dataDir)
}

// realPath is the absolute path of a folder without symbolic links; the end of the path need not exist yet.
func realPath(dir string) (string, error) {
	path, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for at, rest := path, ""; ; at, rest = filepath.Dir(at), filepath.Join(filepath.Base(at), rest) {
		real, err := filepath.EvalSymlinks(at)
		if err == nil {
			return filepath.Join(real, rest), nil
		}
		if at == filepath.Dir(at) {
			return path, nil
		}
	}
}

// within says whether a path is dir or lies inside it. Both are absolute.
func within(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

func (p *program) defaultDataFolder(contentDir string) (string, error) {
	if contentDir == "" {
		cache, err := p.userDir("XDG_CACHE_HOME", ".cache")
		return filepath.Join(cache, "jieda", "sample"), err
	}
	state, err := p.userDir("XDG_STATE_HOME", filepath.Join(".local", "state"))
	if err != nil {
		return "", err
	}
	path, err := filepath.Abs(contentDir)
	if err != nil {
		return "", err
	}
	hash := sha256.Sum256([]byte(path))
	return filepath.Join(state, "jieda", fmt.Sprintf("%s-%x", filepath.Base(path), hash[:4])), nil
}

// userDir is a folder of the XDG base directory specification. It looks at the environment of the program, which
// os.UserCacheDir and its like do not.
func (p *program) userDir(variable, belowHome string) (string, error) {
	if dir := lookup(p.environ, variable); filepath.IsAbs(dir) {
		return dir, nil
	}
	if home := lookup(p.environ, "HOME"); home != "" {
		return filepath.Join(home, belowHome), nil
	}
	return "", p.usagef(text{
		"没有设置数据文件夹,也没有 HOME;请用 --data 或 JIEDA_DATA 指定",
		"there is neither a data folder nor a HOME to put it in: set --data or JIEDA_DATA"})
}

// update makes the index hold what the content folder holds now, and returns when it does. force builds even if
// nothing has changed.
func (s *site) update(ctx context.Context, force bool) (index.Status, error) {
	began := time.Now()
	if err := s.keeper.Start(ctx); err != nil {
		return index.Status{}, err
	}
	var err error
	if s.keeper.Status().BuiltAt.Before(began) { // Start opened what may have been built from an older content
		err = s.keeper.Check(ctx, "command", force)
	}
	return s.keeper.Status(), err
}
